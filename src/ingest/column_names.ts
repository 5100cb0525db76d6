/** Names under which files hold users, items, values and times. */

/** Compared without case and without anything but letters and digits: "User_ID" is userid. The first that occurs wins. */
const USUAL_NAMES = {
  user: [
    "user userid uid userindex username visitor visitorid customer customerid account accountid member memberid",
    "reviewerid reviewer profile profileid person personid session sessionid listener listenerid",
  ],
  item: [
    "item itemid iid itemindex movie movieid product productid track trackid song songid video videoid film filmid",
    "book bookid isbn asin sku article articleid artist artistid album albumid game gameid app appid",
    "content contentid show showid anime animeid recipe recipeid business businessid place placeid url",
  ],
  value: [
    "value rating ratings score stars overall preference confidence count counts plays playcount listens listencount",
    "weight strength quantity hours",
  ],
  time: [
    "time timestamp timems ts date datetime createdat eventtime unixtime unixreviewtime reviewtime ratedat",
  ],
} as const;

/** What a row is made of, in the order in which `--columns` names it. */
export const ROLES = ["user", "item", "value", "time"] as const;
export type Role = (typeof ROLES)[number];

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The place among `names` of the column that holds this; -1 if none has a usual name for it. */
export function placeByName(role: Role, names: readonly string[]): number {
  const plainNames = names.map(plain);
  const known = USUAL_NAMES[role].flatMap((line) => line.split(" "));
  for (const name of known) {
    const place = plainNames.indexOf(name);
    if (place >= 0) return place;
  }
  return -1;
}

/** The place of the column with exactly this name, or else with this name but for case; -1 if there is none. */
export function placeOf(name: string, names: readonly string[]): number {
  const trimmed = name.trim();
  const exact = names.indexOf(trimmed);
  return exact >= 0 ? exact : names.findIndex((other) => other.toLowerCase() === trimmed.toLowerCase());
}
