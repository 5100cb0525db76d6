/** Functions and models as users write them, in files of a folder of its own. */

export class UserFiles {
  readonly #folder = Deno.makeTempDirSync({ prefix: "foz-user-" });

  write(name: string, text: string): string {
    Deno.writeTextFileSync(this.path(name), text);
    return this.path(name);
  }

  path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  remove(): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** y = slope · x, x uniform. */
export function lineFunction(slope: number): string {
  return `export default function line(random: { uniform(): number }) {
  const x = random.uniform();
  return { features: { x }, target: ${slope} * x };
}`;
}
