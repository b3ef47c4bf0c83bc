/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagFileWriter:
 *
 * Writes a file so that its name only ever holds a complete one: a temporary file beside it,
 * fsync, rename. Whoever frees the writer without a commit leaves the disk as it was.
 */
typedef struct _SagFileWriter SagFileWriter;

/** sag_file_writer_new: fails with a G_FILE_ERROR that names @path. */
SagFileWriter *sag_file_writer_new (const char *path, GError **error);
void           sag_file_writer_free (SagFileWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagFileWriter, sag_file_writer_free)

gboolean
sag_file_writer_write (SagFileWriter *writer, const void *data, gsize size_bytes, GError **error);

/** sag_file_writer_get_temporary: the file that is being written, for reading back before the commit. */
const char *sag_file_writer_get_temporary (SagFileWriter *writer);

/** sag_file_writer_flush: everything written so far is on disk under the temporary name. */
gboolean sag_file_writer_flush (SagFileWriter *writer, GError **error);

/** sag_file_writer_commit: flushes, renames onto the final name, and syncs the folder. */
gboolean sag_file_writer_commit (SagFileWriter *writer, GError **error);

/**
 * sag_file_save_unsynced: as sag_file_save(), but does not wait for the disk: after a power cut the file may be gone
 * or damaged. For what carries a checksum and can be made again.
 */
gboolean
sag_file_save_unsynced (const char *path, const void *data, gsize size_bytes, GError **error);

/** sag_file_save: one call for small files. */
gboolean sag_file_save (const char *path, const void *data, gsize size_bytes, GError **error);

/**
 * sag_file_load: reads a whole file that should be small, or says that it is not.
 * @size_bytes: (out) (optional)
 *
 * Also reads pipes, so that a shell can give them. Nothing beyond @limit_bytes is read.
 *
 * Returns: (transfer full) (nullable): the bytes and a zero byte after them; NULL with SAG_ERROR_LIMIT or a
 * G_FILE_ERROR
 */
char *sag_file_load (const char *path, gsize limit_bytes, gsize *size_bytes, GError **error);

/** sag_file_dup_display_name: the base name of @path as valid UTF-8, for messages. */
char *sag_file_dup_display_name (const char *path);

G_END_DECLS
