/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** sag_hash_file_sha256: returns the SHA-256 of a file as 64 lower-case hex digits (transfer full). */
char *sag_hash_file_sha256 (const char *path, GCancellable *cancellable, GError **error);

/** sag_hash_sha256: the same of @size_bytes in memory. */
char *sag_hash_sha256 (const void *data, gsize size_bytes);

/**
 * sag_hash_voxels: returns the 128-bit XXH3 of a block of memory as 32 hex digits.
 *
 * Not cryptographic: it tells scans apart and finds them again, at memory speed.
 */
char *sag_hash_voxels (const void *data, gsize size_bytes);

G_END_DECLS
