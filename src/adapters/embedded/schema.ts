/** The tables of the embedded store. */

/** "Foz1": tells our files from other programs' SQLite files. */
export const APPLICATION_ID = 0x466f7a31;
/** A program reads and writes exactly this version. */
export const SCHEMA_VERSION = 5;

/** What schema version 1 has not. */
export const ADDED_IN_2 = `
  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    expires_at_ms REAL NOT NULL
  ) STRICT;
`;

/**
 * What versions 1 and 2 have not.
 * - `log_state`: `erasure_count` tells connections that what they remember of users and keys may be gone; `purge_due` that the
 *   write-ahead file may still hold what was forgotten.
 * - `deleted_events`: events that do not count any more, with the record that says so.
 * - `erased_events`: salted hashes of the ids of erased users' events.
 * - `refreshed_lists`: documents that are newer than their generation's set. Users stand there as salted hashes: rows come and
 *   go all the time, and SQLite leaves copies of them here and there (residue.ts). `list_change`: -1, 0 or 1, what the row
 *   adds to the number of lists of the set.
 */
export const ADDED_IN_3 = `
  ALTER TABLE log_state ADD COLUMN erasure_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE log_state ADD COLUMN purge_due INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE log_state ADD COLUMN salt BLOB NOT NULL DEFAULT x'';
  UPDATE log_state SET salt = randomblob(16);
  CREATE TABLE deleted_events (deleted_offset INTEGER PRIMARY KEY, control_offset INTEGER NOT NULL) STRICT;
  CREATE TABLE erased_events (hash BLOB PRIMARY KEY, at_offset INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE refreshed_lists (
    generation TEXT NOT NULL,
    user_hash BLOB NOT NULL,
    applied_offset INTEGER NOT NULL,
    written_at_ms REAL NOT NULL,
    list_change INTEGER NOT NULL,
    item_ids BLOB NOT NULL,
    scores BLOB NOT NULL,
    PRIMARY KEY (generation, user_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX refreshed_lists_by_user ON refreshed_lists (user_hash);
`;

/** What versions 1 to 3 have not: checkpoints in two parts. Those of before held both in one; the log has what they had. */
export const ADDED_IN_4 = `
  DROP TABLE IF EXISTS checkpoints;
  CREATE TABLE checkpoints (
    generation TEXT NOT NULL,
    part TEXT NOT NULL,
    at_offset INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (generation, part, at_offset)
  ) STRICT;
`;

/** What version 4 has not: large states in pieces. Pieces without a row in `checkpoints` are not, or not any more, of one. */
export const ADDED_IN_5 = `
  CREATE TABLE checkpoint_chunks (
    generation TEXT NOT NULL,
    part TEXT NOT NULL,
    at_offset INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (generation, part, at_offset, chunk)
  ) STRICT;
`;

/**
 * Ids are UTF-8 blobs, because text ends at its first NUL when it is read back; that of an erased
 * user is 0xff (no UTF-8 begins so) and the code. Arrays are little-endian blobs.
 * - `event_blocks`: events of consecutive offsets by column; `keys` last, since SQLite walks a row from its start.
 *   `extras` is JSON: [position, event id or null, type or null] of those that have one.
 * - `index_runs`, `index_pages`: sorted runs over the blocks below `log_state.indexed_until` (sorted_runs.ts).
 * - `list_sets`: the documents of a generation; one set is current, another may be being written.
 */
export const SCHEMA = `
  CREATE TABLE log_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    log_id TEXT NOT NULL,
    end_offset INTEGER NOT NULL,
    indexed_until INTEGER NOT NULL
  ) STRICT;
  INSERT INTO log_state VALUES (1, lower(hex(randomblob(16))), 0, 0);
  CREATE TABLE users (code INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE items (code INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE event_blocks (
    first_offset INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    users BLOB NOT NULL,
    items BLOB NOT NULL,
    event_values BLOB NOT NULL,
    times_ms BLOB NOT NULL,
    extras TEXT,
    keys BLOB NOT NULL
  ) STRICT;
  CREATE TABLE controls (at_offset INTEGER PRIMARY KEY, time_ms REAL NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE index_runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    count INTEGER NOT NULL,
    fences BLOB NOT NULL,
    filter BLOB
  ) STRICT;
  CREATE TABLE index_pages (page INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;

  CREATE TABLE generations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    generation TEXT NOT NULL UNIQUE,
    reserved_at_ms REAL NOT NULL,
    manifest BLOB
  ) STRICT;
  CREATE TABLE generation_chunks (
    generation TEXT NOT NULL,
    section TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (generation, section, chunk)
  ) STRICT;
  CREATE TABLE active_generation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation TEXT NOT NULL,
    applied_offset INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    activated_at_ms REAL NOT NULL
  ) STRICT;

  CREATE TABLE list_sets (
    list_set INTEGER PRIMARY KEY AUTOINCREMENT,
    generation TEXT NOT NULL,
    is_current INTEGER NOT NULL,
    applied_offset INTEGER NOT NULL,
    written_at_ms REAL NOT NULL,
    list_count INTEGER NOT NULL,
    user_ids BLOB,
    item_ids BLOB,
    popular TEXT NOT NULL
  ) STRICT;
  CREATE INDEX list_sets_by_generation ON list_sets (generation);
  CREATE TABLE list_blocks (
    list_set INTEGER NOT NULL,
    first_user INTEGER NOT NULL,
    user_count INTEGER NOT NULL,
    n INTEGER NOT NULL,
    items BLOB NOT NULL,
    scores BLOB NOT NULL,
    UNIQUE (list_set, first_user)
  ) STRICT;

  CREATE TABLE updates (sequence INTEGER PRIMARY KEY AUTOINCREMENT, header TEXT NOT NULL, indexes BLOB, rows BLOB) STRICT;
  CREATE TABLE item_titles (id BLOB PRIMARY KEY, title BLOB NOT NULL) STRICT, WITHOUT ROWID;
  ${ADDED_IN_2}
  ${ADDED_IN_3}
  ${ADDED_IN_4}
  ${ADDED_IN_5}`;
