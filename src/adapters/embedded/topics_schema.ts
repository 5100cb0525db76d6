/** The tables of a file of topics. */
import type { FileForm } from "./database.ts";

/**
 * - `partitions.end_offset` is the offset of the next message; offsets are dense until old messages are removed.
 * - `members`, `claims`: who of a group is alive, and who reads which partition. `groups.epoch` changes with either. The id of a
 *   claim is never given twice: who lost a partition and got it back holds another claim.
 */
const SCHEMA = `
  CREATE TABLE topics (
    topic INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partition_count INTEGER NOT NULL,
    keyless_count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL,
    number INTEGER NOT NULL,
    end_offset INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
  ) STRICT;
  CREATE TABLE messages (
    partition INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    time_ms REAL NOT NULL,
    key BLOB,
    headers TEXT,
    value BLOB,
    PRIMARY KEY (partition, at_offset)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE groups (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE members (
    group_name TEXT NOT NULL,
    member TEXT NOT NULL,
    topics TEXT NOT NULL,
    expires_at_ms REAL NOT NULL,
    PRIMARY KEY (group_name, member)
  ) STRICT;
  CREATE TABLE claims (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_name TEXT NOT NULL,
    partition INTEGER NOT NULL,
    member TEXT NOT NULL,
    UNIQUE (group_name, partition)
  ) STRICT;
  CREATE TABLE group_offsets (
    group_name TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (group_name, partition)
  ) STRICT;
`;

/** "FozT": a file of topics is none of a store. */
export const TOPICS_FILE: FileForm = { applicationId: 0x466f7a54, version: 1, schema: SCHEMA };
