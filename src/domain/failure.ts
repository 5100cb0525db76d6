/**
 * The kinds of failure (DESIGN.md 6). A programmer's error is an assertion and no class of ours.
 * A message says what was attempted, with which value, and what would have been accepted.
 */

/** The caller gave something that cannot be used; nothing was changed. Exit code 2, HTTP 4xx, or a dead letter. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}

/** Something outside (disk, network, another process) failed; the cause is attached. May be tried again. */
export class OutsideFailure extends Error {
  override readonly name = "OutsideFailure";
}

/** The arithmetic left the finite numbers or a system was singular; what it was to make is not published. */
export class NumericFailure extends Error {
  override readonly name = "NumericFailure";
}

/**
 * Another process has taken over what this one held a lease on: what it was about to write is refused, and nothing was
 * changed. Trying again cannot help; it must stop writing, and may stand by.
 */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}
