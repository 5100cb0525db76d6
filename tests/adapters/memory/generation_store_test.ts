import { MemoryGenerationStore } from "../../../src/adapters/memory/generation_store.ts";
import { describeGenerationStore } from "../../contracts/generation_store.ts";

describeGenerationStore("memory", () => ({ port: new MemoryGenerationStore(), close: () => {} }));
