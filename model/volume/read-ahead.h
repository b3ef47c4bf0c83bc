/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/stream.h"

G_BEGIN_DECLS

/**
 * SagReadAhead: a thread that reads a stream (and undoes its gzip) while the caller works on the
 * blocks before.
 *
 * The stream belongs to that thread until sag_read_ahead_free(). Waiting sleeps.
 */
typedef struct _SagReadAhead SagReadAhead;

/**
 * sag_read_ahead_new: starts reading @size_bytes of @stream.
 * @to_end: nothing but padding should follow them: read on to the stream's end, so that a gzip's
 * checksum is seen. Gives up, without an error, where much more follows
 */
SagReadAhead *sag_read_ahead_new (SagStream *stream, guint64 size_bytes, gboolean to_end);

/** sag_read_ahead_free: stops after the block in progress. */
void sag_read_ahead_free (SagReadAhead *ahead);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagReadAhead, sag_read_ahead_free)

/**
 * sag_read_ahead_next: waits for the next block and takes the last one back.
 *
 * Blocks are multiples of 64 bytes, but for the last, and aligned to 64.
 *
 * Returns: (transfer none) (nullable): the caller may change it; NULL once the bytes or the stream
 * ended, and then the stream's state may be looked at
 */
void *sag_read_ahead_next (SagReadAhead *ahead, gsize *size_bytes);

G_END_DECLS
