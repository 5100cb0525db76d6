/** The 20 best items of every user, seen items excluded, from the same factors. */
import { allTopN } from "../../../src/kernels/all_top_n.ts";
import type { FactorModel } from "../../../src/domain/factor_model.ts";
import { type DataSet, planted } from "../data_sets.ts";
import { parametersOf, releasing, startFit } from "../fitting.ts";
import { alternate, secondsOf } from "../measure.ts";
import { readNpy, writeNpy } from "../npy_file.ts";
import { PeerProcess } from "../peers/peer_process.ts";
import { loadIntoPeer, type Pair, type PairContext, type PairRow, rowOf } from "./pair.ts";

const N = 20;
const GOAL = 6;
const FIT_EPOCHS = 5;
/** Users at a time that the peers are tried with, on so many users; the fastest is measured on all. */
const BATCHES = [256, 1024, 4096];
const TRIAL_USERS = 4096;
/** Lists may differ where two scores differ by rounding only. */
const LEAST_AGREEMENT = 0.999;

type SearchRequest = Readonly<Record<string, unknown>> & { readonly lists: string };

export const topNPair: Pair = {
  name: "topn",
  help: "exact top-20 of all users, 30 k x 41 k at 64 factors, against implicit's recommend (and faiss flat)",
  async *run(context) {
    const data = planted("gowalla", context.tiny);
    const model = await fitFor(context, data);
    await handOver(context, data, model);
    const seen = { data: "topn", n: N, threads: context.threads, lists: `${context.scratch}/lists.npy` };
    yield await timePair(context, data, model, "implicit, recommend", "recommend", seen);
    if (context.withFaiss) yield* timeFaiss(context, data, model, seen);
  },
};

/** In a process of its own, where faiss's BLAS may use all threads: it multiplies outside of its own loop. */
async function* timeFaiss(
  context: PairContext,
  data: DataSet,
  model: FactorModel,
  request: SearchRequest,
): AsyncGenerator<PairRow> {
  const peer = PeerProcess.start(context.python, context.threads, context.threads);
  const alone = { ...context, peer };
  try {
    await handOver(alone, data, model);
    const fair = { ...request, exclude: true }, bare = { ...request, exclude: false };
    yield await timePair(alone, data, model, "faiss, flat", "searchFaiss", fair);
    yield await timePair(alone, data, model, "faiss, flat, nothing excluded", "searchFaiss", bare);
  } finally {
    await peer.close();
  }
}

function fitFor({ compute, tiny }: PairContext, data: DataSet): Promise<FactorModel> {
  const parameters = parametersOf({
    factorCount: tiny ? 8 : 64,
    unobservedWeight: 0.05,
    regularization: 0.005,
  });
  return releasing(compute, async () => {
    const fit = await startFit(compute, data.matrix, parameters);
    for (let epoch = 0; epoch < FIT_EPOCHS; epoch++) await fit.epoch();
    return fit.model();
  });
}

/** Implicit rows have no places beyond the factors when factorCount is a multiple of 8. */
async function handOver(context: PairContext, data: DataSet, model: FactorModel): Promise<void> {
  const { peer, scratch } = context, { stride, userCount, itemCount } = model;
  await loadIntoPeer(context, "topn", data.matrix);
  const files = { userFactors: `${scratch}/users.npy`, itemFactors: `${scratch}/items.npy` };
  await writeNpy(files.userFactors, model.userFactors, [userCount, stride]);
  await writeNpy(files.itemFactors, model.itemFactors, [itemCount, stride]);
  await peer.request("loadFactors", files);
}

async function timePair(
  context: PairContext,
  data: DataSet,
  model: FactorModel,
  name: string,
  op: string,
  request: SearchRequest,
): Promise<PairRow> {
  const { compute, peer, long, tiny } = context;
  const batch = await fastestBatch(context, op, request);
  const lists = new Uint32Array(model.userCount * N);
  const everybody = { ...request, batch, users: model.userCount };
  const ours = () =>
    secondsOf(async () => {
      for await (const block of allTopN(compute, { model, seen: data.matrix, n: N })) {
        lists.set(block.itemIndexes, block.firstUserIndex * N);
      }
    });
  const samples = await alternate([ours, () => peer.seconds(op, everybody)], long);
  const agreement = request.exclude === false
    ? undefined
    : agreementOf(lists, (await readNpy(request.lists)).array as Uint32Array);
  if (agreement !== undefined && agreement < LEAST_AGREEMENT && !tiny) {
    throw new Error(`${name} and we agree on ${agreement} of the list places only; that is no pair`);
  }
  const agreed = agreement === undefined ? "" : `, ${(100 * agreement).toFixed(2)} % of the places agree`;
  return rowOf({
    work: `top-${N} of all users, ${model.parameters.factorCount} factors`,
    data: data.source,
    peer: name,
    goal: request.exclude === false ? undefined : GOAL,
    note: `${Math.min(batch, model.userCount)} users at a time (the fastest of ${BATCHES.length})${agreed}`,
  }, samples);
}

async function fastestBatch(
  { peer }: PairContext,
  op: string,
  request: Readonly<Record<string, unknown>>,
): Promise<number> {
  let fastest = { batch: BATCHES[0], seconds: Infinity };
  for (const batch of BATCHES) {
    const seconds = await peer.seconds(op, { ...request, batch, users: TRIAL_USERS });
    if (seconds < fastest.seconds) fastest = { batch, seconds };
  }
  return fastest.batch;
}

/** Share of the places that hold an item of the other's list of that user, in whatever order. */
function agreementOf(ours: Uint32Array, theirs: Uint32Array): number {
  let agreed = 0;
  for (let start = 0; start < ours.length; start += N) {
    const list = new Set(theirs.subarray(start, start + N));
    for (let place = start; place < start + N; place++) if (list.has(ours[place])) agreed++;
  }
  return agreed / ours.length;
}
