/** The learner's state as bytes, for checkpoints. */
import { packArrays, type PackedForm, unpackArrays } from "./packed_arrays.ts";

/** All that is neither in the generation nor in the log. Histories are in the log (saved_histories.ts). */
export interface LearnerState {
  readonly generation: string;
  /** SHA-256 of the generation's factors: two generations of one name are told apart. */
  readonly generationSha256: string;
  readonly method: "foldIn" | "sgd";
  readonly appliedOffset: number;
  /** What whoever learns keeps beside the learner: bytes that are no part of the learner's state. Absent: nothing. */
  readonly beside?: Uint8Array;
  /** Which run of offsets the Gram matrices were last summed for. */
  readonly gramRun: number;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  readonly userGram: Float64Array;
  readonly itemGram: Float64Array;
}

/** `format`: another one where the state or the arithmetic that made it changes: a learner then starts from its generation. */
const FORM: PackedForm = { magic: 0x6c7a6f66, /* "fozl" */ format: 2, what: "the state of a learner" };

interface Header
  extends Omit<LearnerState, "userFactors" | "itemFactors" | "userGram" | "itemGram" | "beside"> {
  /** In base64. */
  readonly beside?: string;
}

export function encodeLearnerState(state: LearnerState): Uint8Array<ArrayBuffer> {
  const { userFactors, itemFactors, userGram, itemGram, beside, ...rest } = state;
  const header: Header = beside === undefined ? rest : { ...rest, beside: beside.toBase64() };
  return packArrays(FORM, header, [userGram, itemGram, userFactors, itemFactors]);
}

/** Throws OutsideFailure when these are not whole bytes of a state. */
export function decodeLearnerState(bytes: Uint8Array): LearnerState {
  const { header, arrays } = unpackArrays(FORM, bytes), { beside, ...rest } = header as Header;
  return {
    ...rest,
    ...(beside === undefined ? {} : { beside: Uint8Array.fromBase64(beside) }),
    userGram: arrays[0] as Float64Array,
    itemGram: arrays[1] as Float64Array,
    userFactors: arrays[2] as Float32Array,
    itemFactors: arrays[3] as Float32Array,
  };
}
