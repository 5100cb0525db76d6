/** The model of an edge function: a snapshot, and nothing that follows. */
import type { Snapshot } from "../domain/snapshot.ts";
import { Recommender } from "../recommend/recommender.ts";
import { ItemTexts } from "./item_texts.ts";
import type { ActiveModel, AnsweringModel } from "./model_answers.ts";

export class SnapshotModel implements AnsweringModel {
  readonly logId: string;
  readonly logEnd: number;
  readonly current: ActiveModel;
  readonly lagMs = 0;
  readonly warnings: readonly string[] = [];

  constructor(kernelModule: WebAssembly.Module, { content, appliedOffset, titles, later }: Snapshot) {
    const recommender = new Recommender(kernelModule, content, { appliedOffset });
    const { userIds, itemIds, pairs } = later;
    for (let i = 0; i < pairs.length; i += 2) recommender.addSeen(userIds[pairs[i]], itemIds[pairs[i + 1]]);
    this.logId = content.generation.logId;
    this.logEnd = appliedOffset;
    this.current = { recommender, texts: new ItemTexts(content.itemIds, titles) };
  }

  /** What a snapshot does not know yet it will never know. */
  waitFor(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
