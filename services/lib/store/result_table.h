/*
 * What every database of results has: a table `result` with its columns `id`, a text;
 * `key_hash`, of the key that deletes it; and `time`, Unix seconds. Blocking; each runs
 * in a job of the store and returns 0 or a negative errno, as db_exec().
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_STORE_RESULT_TABLE_H
#define FONTAINE_STORE_RESULT_TABLE_H

#include <sqlite3.h>
#include <stdint.h>

enum { RESULT_KEY_HASH_BYTES = 32 };

/** Whether the key is that of the result. Return: also -ENOENT without such a result, -EACCES when it is another's. */
int result_table_check_key(sqlite3 *db, const char *id, const unsigned char key_hash[RESULT_KEY_HASH_BYTES]);

int result_table_delete(sqlite3 *db, const char *id);

/** Delete all results before @time. */
int result_table_purge(sqlite3 *db, int64_t time, unsigned *ret_deleted);

#endif
