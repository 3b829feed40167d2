/* SPDX-License-Identifier: MIT */
#include "rdns/rdns_db.h"

#include "store/db.h"

#include <string.h>

/*
 * A version is the number of the line of the audit log that made it, so it never comes twice,
 * not even when what it was the version of went and came back.
 */
const char *const rdns_migrations[] = {
	"CREATE TABLE member ("
	"  id INTEGER PRIMARY KEY,"
	"  asn INTEGER NOT NULL UNIQUE,"
	"  name TEXT NOT NULL,"
	"  frozen_since INTEGER) STRICT;"
	"CREATE TABLE token ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  member INTEGER REFERENCES member," /* NULL: the operators' */
	"  label TEXT NOT NULL,"
	"  hash TEXT NOT NULL,"
	"  created INTEGER NOT NULL,"
	"  last_used INTEGER,"
	"  revoked INTEGER) STRICT;"
	"CREATE TABLE audit ("
	"  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  at INTEGER NOT NULL,"
	"  who TEXT NOT NULL,"
	"  what TEXT NOT NULL,"
	"  subject TEXT NOT NULL,"
	"  member INTEGER REFERENCES member," /* whose the subject is */
	"  before TEXT,"
	"  after TEXT,"
	"  checks TEXT,"
	"  undoes INTEGER REFERENCES audit) STRICT;"
	"CREATE INDEX audit_by_member ON audit (member, seq);"
	"CREATE INDEX audit_by_subject ON audit (subject, seq);"
	"CREATE TRIGGER audit_stands BEFORE UPDATE ON audit BEGIN"
	"  SELECT raise(ABORT, 'the audit log is never changed'); END;"
	"CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN"
	"  SELECT raise(ABORT, 'the audit log is never shortened'); END;"
	"CREATE TABLE delegation ("
	"  zone TEXT NOT NULL PRIMARY KEY,"
	"  prefix TEXT NOT NULL,"  /* whose zones were asked for at once */
	"  part INTEGER NOT NULL," /* which of them this one is */
	"  first BLOB NOT NULL,"
	"  last BLOB NOT NULL,"
	"  member INTEGER NOT NULL REFERENCES member,"
	"  version INTEGER NOT NULL REFERENCES audit,"
	"  state TEXT NOT NULL,"
	"  UNIQUE (prefix, part)) STRICT;"
	"CREATE UNIQUE INDEX delegation_by_place ON delegation (first);" /* two zones never begin at one place */
	"CREATE INDEX delegation_by_version ON delegation (version);"
	"CREATE TABLE nameserver ("
	"  zone TEXT NOT NULL REFERENCES delegation ON DELETE CASCADE,"
	"  name TEXT NOT NULL,"
	"  address TEXT) STRICT;" /* a row for each; one with NULL without any */
	"CREATE INDEX nameserver_by_zone ON nameserver (zone);"
	"CREATE TABLE ds ("
	"  zone TEXT NOT NULL REFERENCES delegation ON DELETE CASCADE,"
	"  key_tag INTEGER NOT NULL,"
	"  algorithm INTEGER NOT NULL,"
	"  type INTEGER NOT NULL,"
	"  digest TEXT NOT NULL,"
	"  PRIMARY KEY (zone, key_tag, algorithm, type, digest)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE ptr ("
	"  address TEXT NOT NULL PRIMARY KEY,"
	"  place BLOB NOT NULL UNIQUE,"
	"  member INTEGER NOT NULL REFERENCES member,"
	"  name TEXT NOT NULL,"
	"  version INTEGER NOT NULL REFERENCES audit,"
	"  state TEXT NOT NULL) STRICT;"
	"CREATE INDEX ptr_by_version ON ptr (version);"
	"CREATE TABLE change ("
	"  id INTEGER PRIMARY KEY REFERENCES audit,"
	"  state TEXT NOT NULL CHECK (state IN ('written', 'sent', 'verified', 'rolled back')),"
	"  is_end INTEGER NOT NULL) STRICT;" /* its subject is there no more */
	"CREATE INDEX change_that_ends ON change (id) WHERE state IN ('written', 'sent') AND is_end;"
	"CREATE INDEX change_in_progress ON change (id) WHERE state IN ('written', 'sent');"
	"CREATE TABLE checked ("
	"  id INTEGER PRIMARY KEY,"
	"  prefix TEXT NOT NULL,"
	"  first BLOB NOT NULL,"
	"  member INTEGER NOT NULL REFERENCES member,"
	"  is_trial INTEGER NOT NULL," /* of a delegation that is not there: a member's last one */
	"  at INTEGER NOT NULL,"
	"  passed INTEGER NOT NULL,"
	"  errors INTEGER NOT NULL,"
	"  warnings INTEGER NOT NULL,"
	"  notices INTEGER NOT NULL,"
	"  en TEXT NOT NULL," /* the verdicts, in each language */
	"  fr TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX checked_delegation ON checked (first) WHERE NOT is_trial;"
	"CREATE UNIQUE INDEX checked_trial ON checked (member) WHERE is_trial;"
	"CREATE INDEX checked_by_prefix ON checked (prefix);"
	"CREATE TABLE recheck ("
	"  prefix TEXT NOT NULL PRIMARY KEY,"
	"  next INTEGER NOT NULL,"     /* Unix seconds */
	"  failures INTEGER NOT NULL)" /* in a row */
	" STRICT, WITHOUT ROWID;"
	"CREATE INDEX recheck_by_next ON recheck (next);"
	"CREATE TRIGGER recheck_begins AFTER INSERT ON delegation WHEN NEW.part = 0 BEGIN"
	"  INSERT INTO recheck VALUES (NEW.prefix, unixepoch() + abs(random() % 3600), 0); END;"
	"CREATE TRIGGER recheck_ends AFTER DELETE ON delegation WHEN OLD.part = 0 BEGIN"
	"  DELETE FROM checked WHERE prefix = OLD.prefix AND NOT is_trial;"
	"  DELETE FROM recheck WHERE prefix = OLD.prefix; END;",
	/* What "fontaine rdns token" asks and tells: it need not know more. */
	"CREATE VIEW tokens AS SELECT token.id, asn, label, hash, created, last_used, revoked"
	"  FROM token LEFT JOIN member ON member.id = token.member;"
	"CREATE TRIGGER token_is_made INSTEAD OF INSERT ON tokens BEGIN"
	"  SELECT raise(ABORT, 'no assignment names this member')"
	"  WHERE NEW.asn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM member WHERE asn = NEW.asn);"
	"  INSERT INTO token (id, member, label, hash, created)"
	"  VALUES (NEW.id, (SELECT id FROM member WHERE asn = NEW.asn), NEW.label, NEW.hash, NEW.created);"
	"  INSERT INTO audit (at, who, what, subject, member, after) SELECT NEW.created, 'root', 'token', NEW.label,"
	"  member, json_object('id', NEW.id) FROM token WHERE id = NEW.id; END;"
	"CREATE TRIGGER token_is_revoked INSTEAD OF UPDATE OF revoked ON tokens WHEN OLD.revoked IS NULL BEGIN"
	"  UPDATE token SET revoked = NEW.revoked WHERE id = OLD.id;"
	"  INSERT INTO audit (at, who, what, subject, member, before) SELECT NEW.revoked, 'root', 'token', OLD.label,"
	"  member, json_object('id', OLD.id) FROM token WHERE id = OLD.id; END;",
	"CREATE TABLE look ("
	"  prefix TEXT NOT NULL PRIMARY KEY,"
	"  next INTEGER NOT NULL,"   /* Unix seconds */
	"  looked INTEGER NOT NULL)" /* when last */
	" STRICT, WITHOUT ROWID;"
	"CREATE INDEX look_by_next ON look (next);"
	"CREATE TABLE followed ("
	"  zone TEXT NOT NULL,"
	"  what TEXT NOT NULL,"
	"  outcome TEXT NOT NULL,"
	"  since INTEGER NOT NULL," /* Unix seconds, as the two others */
	"  seen INTEGER NOT NULL,"
	"  signed_since INTEGER NOT NULL," /* of what was last changed as the zone asked for */
	"  PRIMARY KEY (zone, what)) STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER look_begins AFTER INSERT ON delegation WHEN NEW.part = 0 BEGIN"
	"  INSERT INTO look VALUES (NEW.prefix, unixepoch() + abs(random() % 3600), 0); END;"
	"CREATE TRIGGER look_ends AFTER DELETE ON delegation WHEN OLD.part = 0 BEGIN"
	"  DELETE FROM look WHERE prefix = OLD.prefix; END;",
	/* What belongs to a delegation is kept until the change that ended it can't be taken back any more. */
	"ALTER TABLE checked RENAME COLUMN is_trial TO kind;" /* 0: the delegation's, 1: a trial, 2: kept */
	"DROP INDEX checked_delegation;"
	"DROP INDEX checked_trial;"
	"CREATE UNIQUE INDEX checked_delegation ON checked (first) WHERE kind = 0;"
	"CREATE UNIQUE INDEX checked_trial ON checked (member) WHERE kind = 1;"
	"CREATE UNIQUE INDEX checked_kept ON checked (prefix) WHERE kind = 2;"
	"CREATE TABLE kept ("
	"  prefix TEXT NOT NULL PRIMARY KEY,"
	"  state TEXT NOT NULL,"
	"  next INTEGER NOT NULL,"
	"  failures INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE ended ("
	"  zone TEXT NOT NULL PRIMARY KEY,"
	"  prefix TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX ended_by_prefix ON ended (prefix);"
	"DROP TRIGGER recheck_ends;"
	"CREATE TRIGGER recheck_ends AFTER DELETE ON delegation WHEN OLD.part = 0 BEGIN"
	"  INSERT OR IGNORE INTO kept SELECT prefix, OLD.state, next, failures FROM recheck WHERE prefix = OLD.prefix;"
	"  UPDATE OR IGNORE checked SET kind = 2 WHERE prefix = OLD.prefix AND kind = 0;"
	"  DELETE FROM checked WHERE prefix = OLD.prefix AND kind = 0;"
	"  DELETE FROM recheck WHERE prefix = OLD.prefix; END;"
	"CREATE TRIGGER zone_ends AFTER DELETE ON delegation BEGIN"
	"  INSERT OR REPLACE INTO ended VALUES (OLD.zone, OLD.prefix); END;"
	"CREATE TRIGGER zone_begins AFTER INSERT ON delegation BEGIN"
	"  DELETE FROM ended WHERE zone = NEW.zone; END;"
	"CREATE VIEW settled AS SELECT prefix FROM kept;"
	"CREATE TRIGGER it_is_settled INSTEAD OF INSERT ON settled BEGIN"
	"  DELETE FROM kept WHERE prefix = NEW.prefix;"
	"  DELETE FROM checked WHERE prefix = NEW.prefix AND kind = 2;"
	"  DELETE FROM followed WHERE zone IN (SELECT zone FROM ended WHERE prefix = NEW.prefix);"
	"  DELETE FROM ended WHERE prefix = NEW.prefix; END;"
	"CREATE TRIGGER change_stands AFTER UPDATE OF state ON change WHEN NEW.state = 'verified' BEGIN"
	"  INSERT INTO settled SELECT subject FROM audit WHERE seq = NEW.id; END;",
	NULL,
};

const char *const rdns_states[RDNS_STATES + 1] = {"pending", "live", "broken", NULL};

void rdns_db_bind_range(sqlite3_stmt *s, int place, const struct prefix *p)
{
	enum { IPV4_AT = 96 }; /* bits before an IPv4 address in its mapped form */
	uint64_t key[2];
	uint8_t bytes[sizeof(key)];
	unsigned from = p->len + (addr_family(&p->addr) == AF_INET ? IPV4_AT : 0);

	addr_key(&p->addr, key);
	memcpy(bytes, key, sizeof(bytes));
	(void)sqlite3_bind_blob(s, place, bytes, sizeof(bytes), SQLITE_TRANSIENT);
	for (unsigned bit = from; bit < 8 * sizeof(bytes); bit++)
		bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	(void)sqlite3_bind_blob(s, place + 1, bytes, sizeof(bytes), SQLITE_TRANSIENT);
}

int rdns_db_first(sqlite3_stmt *s, char ret[PREFIX_TEXT_MAX])
{
	int rc = db_first(s);

	if (rc < 0)
		return rc;
	(void)snprintf(ret, PREFIX_TEXT_MAX, "%s", db_text(s, 0));
	(void)sqlite3_finalize(s);
	return 0;
}

void rdns_db_bind_id(sqlite3_stmt *s, int place, int64_t id)
{
	if (id != 0)
		(void)sqlite3_bind_int64(s, place, id);
}

void rdns_db_add_number(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		yyjson_mut_obj_add_null(doc, o, key);
	else
		yyjson_mut_obj_add_sint(doc, o, key, sqlite3_column_int64(row, column));
}
