import { EmbeddedGenerationStore } from "../../../src/adapters/embedded/generation_store.ts";
import { describeGenerationStore } from "../../contracts/generation_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeGenerationStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedGenerationStore(database), close: () => database.close() };
});
