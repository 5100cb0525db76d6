import { EmbeddedCheckpointStore } from "../../../src/adapters/embedded/checkpoint_store.ts";
import { describeCheckpointStore } from "../../contracts/checkpoint_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeCheckpointStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedCheckpointStore(database), close: () => database.close() };
});
