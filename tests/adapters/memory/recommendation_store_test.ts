import { MemoryRecommendationStore } from "../../../src/adapters/memory/recommendation_store.ts";
import { describeRecommendationStore } from "../../contracts/recommendation_store.ts";

describeRecommendationStore("memory", () => ({ port: new MemoryRecommendationStore(), close: () => {} }));
