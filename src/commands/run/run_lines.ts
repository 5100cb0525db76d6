/** Text cut into lines, whatever pieces it comes in. */

/** Longer lines are cut. */
const MOST_LENGTH = 1 << 16;

export class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line.endsWith("\r") ? line.slice(0, -1) : line);
        for (; rest.length > MOST_LENGTH; rest = rest.slice(MOST_LENGTH)) {
          controller.enqueue(rest.slice(0, MOST_LENGTH));
        }
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
