/** Titles for planted items, so that a list of them can be read: the genre is the item's taste. */
import type { Tastes } from "./tastes.ts";

const GENRES = [
  { name: "Space", nouns: ["Comet", "Orbit", "Nebula", "Airlock", "Pulsar", "Moonbase", "Horizon", "Probe"] },
  {
    name: "Noir",
    nouns: ["Alibi", "Shadow", "Detective", "Alley", "Confession", "Cigarette", "Witness", "Raincoat"],
  },
  {
    name: "Romance",
    nouns: ["Letter", "Promise", "Waltz", "Summer", "Wedding", "Kiss", "Stranger", "Bouquet"],
  },
  {
    name: "Western",
    nouns: ["Saddle", "Canyon", "Sheriff", "Stagecoach", "Outlaw", "Prairie", "Holster", "Ranch"],
  },
  {
    name: "Heist",
    nouns: ["Vault", "Getaway", "Forger", "Diamond", "Blueprint", "Safecracker", "Double", "Score"],
  },
  {
    name: "Ghost",
    nouns: ["Attic", "Whisper", "Lantern", "Manor", "Séance", "Mirror", "Footstep", "Cellar"],
  },
  { name: "Ocean", nouns: ["Lighthouse", "Tide", "Reef", "Voyage", "Anchor", "Whale", "Harbour", "Storm"] },
  {
    name: "Comedy",
    nouns: ["Banana", "Uncle", "Holiday", "Neighbour", "Umbrella", "Parrot", "Dentist", "Cake"],
  },
  {
    name: "War",
    nouns: ["Trench", "Convoy", "Armistice", "Sergeant", "Bunker", "Telegram", "Retreat", "Medal"],
  },
  { name: "Fable", nouns: ["Dragon", "Well", "Tailor", "Forest", "Crown", "Raven", "Spindle", "Giant"] },
  {
    name: "Music",
    nouns: ["Encore", "Trumpet", "Chorus", "Vinyl", "Cellist", "Rehearsal", "Echo", "Ballad"],
  },
  {
    name: "Sport",
    nouns: ["Final", "Underdog", "Marathon", "Coach", "Rematch", "Keeper", "Relay", "Podium"],
  },
] as const;

const ADJECTIVES = [
  "Silent",
  "Last",
  "Crooked",
  "Golden",
  "Borrowed",
  "Distant",
  "Midnight",
  "Broken",
  "Second",
  "Hidden",
  "Paper",
  "Reluctant",
];

/** Name of a dimension of taste; beyond the list the names come again with a number. */
export function tasteName(taste: number): string {
  const round = Math.floor(taste / GENRES.length);
  return GENRES[taste % GENRES.length].name + (round === 0 ? "" : ` ${round + 1}`);
}

/** One title an item, all different: "The Distant Comet 3 (Space, Noir)". */
export function plantTitles(tastes: Tastes): string[] {
  const made = new Map<number, number>();
  return Array.from(tastes.mainTastes, (main, item) => {
    const number = made.get(main) ?? 0;
    made.set(main, number + 1);
    const { nouns } = GENRES[main % GENRES.length];
    // A round goes once through the nouns; each round moves the adjectives by one, so all 96 pairs come before one returns.
    const round = Math.floor(number / nouns.length);
    const noun = nouns[number % nouns.length];
    const adjective = ADJECTIVES[(5 * main + number % nouns.length + round) % ADJECTIVES.length];
    const part = Math.floor(number / (nouns.length * ADJECTIVES.length));
    const second = tastes.secondTastes[item];
    const genres = second === main ? tasteName(main) : `${tasteName(main)}, ${tasteName(second)}`;
    return `The ${adjective} ${noun}${part === 0 ? "" : ` ${part + 1}`} (${genres})`;
  });
}

/** The dimensions that a user likes most, best first, by name. */
export function favouriteTastes(tastes: Tastes, user: number, count: number): string[] {
  const row = tastes.userTastes.subarray(user * tastes.tasteCount, (user + 1) * tastes.tasteCount);
  return Array.from(row.keys()).sort((a, b) => row[b] - row[a]).slice(0, count).map(tasteName);
}
