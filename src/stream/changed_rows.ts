/** Which rows of one side changed since somebody asked. */
export class ChangedRows {
  #marks = new Uint8Array(1024);
  #rows: number[] = [];

  add(row: number): void {
    if (row >= this.#marks.length) {
      const larger = new Uint8Array(Math.max(row + 1, 2 * this.#marks.length));
      larger.set(this.#marks);
      this.#marks = larger;
    }
    if (this.#marks[row] !== 0) return;
    this.#marks[row] = 1;
    this.#rows.push(row);
  }

  /** The rows, ascending, each once; afterwards there are none. */
  take(): Uint32Array {
    const rows = Uint32Array.from(this.#rows).sort();
    for (const row of rows) this.#marks[row] = 0;
    this.#rows = [];
    return rows;
  }
}
