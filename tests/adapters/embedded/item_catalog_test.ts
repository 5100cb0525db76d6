import { EmbeddedItemCatalog } from "../../../src/adapters/embedded/item_catalog.ts";
import { describeItemCatalog } from "../../contracts/item_catalog.ts";
import { newDatabase } from "./temporary_file.ts";

describeItemCatalog("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedItemCatalog(database), close: () => database.close() };
});
