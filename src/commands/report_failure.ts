/** How a command says that it failed. */
import { BadInput, LeaseLost, NumericFailure, OutsideFailure } from "../domain/failure.ts";

/** Prints the failure in one paragraph (with a stack only for errors of ours) and gives the exit code. */
export function reportFailure(command: string, error: unknown): number {
  if (isExpected(error)) {
    const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : "";
    console.error(`foz ${command}: ${error.message}${cause}`);
    return error instanceof BadInput ? 2 : 1;
  }
  console.error(`foz ${command}: an error of the program itself`);
  console.error(error);
  return 1;
}

function isExpected(error: unknown): error is Error {
  return [BadInput, OutsideFailure, NumericFailure, LeaseLost].some((kind) => error instanceof kind);
}
