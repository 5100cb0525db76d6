import { MemoryCheckpointStore } from "../../../src/adapters/memory/checkpoint_store.ts";
import { describeCheckpointStore } from "../../contracts/checkpoint_store.ts";

describeCheckpointStore("memory", () => ({ port: new MemoryCheckpointStore(), close: () => {} }));
