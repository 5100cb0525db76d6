import { EmbeddedRecommendationStore } from "../../../src/adapters/embedded/recommendation_store.ts";
import { describeRecommendationStore } from "../../contracts/recommendation_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeRecommendationStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedRecommendationStore(database), close: () => database.close() };
});
