/* SPDX-License-Identifier: MIT */
#include "store/result_table.h"

#include "store/db.h"

#include <errno.h>
#include <openssl/crypto.h>

int result_table_check_key(sqlite3 *db, const char *id, const unsigned char key_hash[RESULT_KEY_HASH_BYTES])
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT key_hash FROM result WHERE id = ?", id, &s);

	if (rc < 0)
		return rc;
	if (sqlite3_column_bytes(s, 0) != RESULT_KEY_HASH_BYTES ||
	    CRYPTO_memcmp(sqlite3_column_blob(s, 0), key_hash, RESULT_KEY_HASH_BYTES) != 0)
		rc = -EACCES;
	(void)sqlite3_finalize(s);
	return rc;
}

int result_table_delete(sqlite3 *db, const char *id)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM result WHERE id = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, id);
	return db_execute(s);
}

int result_table_purge(sqlite3 *db, int64_t time, unsigned *ret_deleted)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM result WHERE time < ?", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, time);
	rc = db_execute(s);
	if (rc == 0)
		*ret_deleted = (unsigned)sqlite3_changes(db);
	return rc;
}
