/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagStream: the bytes of a file or a block of memory from first to last; gzip is undone on the
 * way.
 *
 * Gzip is known by its first bytes, not by a name, and may have many members. One owner at a time.
 */
typedef struct _SagStream SagStream;

typedef enum
{
  SAG_STREAM_OPEN,
  SAG_STREAM_END,
  SAG_STREAM_CUT,     /* the file ends within a gzip member */
  SAG_STREAM_DAMAGED, /* gzip that cannot be undone, or whose checksum is wrong */
  SAG_STREAM_FAILED,  /* the system could not read on: sag_stream_set_error() */
} SagStreamState;

/** sag_stream_open: fails with a G_FILE_ERROR for what is not there, not readable or no regular
 * file. */
SagStream *sag_stream_open (const char *path, GError **error);

/** sag_stream_new_for_memory: @data must outlive the stream. */
SagStream *sag_stream_new_for_memory (const void *data, gsize size_bytes);

void sag_stream_free (SagStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagStream, sag_stream_free)

/** sag_stream_read: returns @size_bytes, or fewer if the stream ends before; its state then says
 * why. */
gsize sag_stream_read (SagStream *stream, void *buffer, gsize size_bytes);

/** sag_stream_skip: the same without keeping what was read. Stops early when cancelled. */
guint64 sag_stream_skip (SagStream *stream, guint64 size_bytes, GCancellable *cancellable);

SagStreamState sag_stream_get_state (const SagStream *stream);

/** sag_stream_set_error: the G_FILE_ERROR of SAG_STREAM_FAILED. */
void sag_stream_set_error (const SagStream *stream, GError **error);

gboolean sag_stream_is_gzip (const SagStream *stream);

/** sag_stream_get_position: bytes handed out or skipped so far. */
guint64 sag_stream_get_position (const SagStream *stream);

/**
 * sag_stream_get_limit: an upper bound of the bytes that the whole stream can hold.
 *
 * A plain file's size; for gzip the most that deflate can make of the file, 1032 for each byte (258
 * bytes from two one-bit codes: zlib's technical notes). So no header can ask for memory that the
 * file could not fill.
 */
guint64 sag_stream_get_limit (const SagStream *stream);

G_END_DECLS
