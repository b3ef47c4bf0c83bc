/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Gzip as a state machine between two buffers. gzip-isal.c or gzip-zlib.c is compiled, whichever
 * library is there. */

#include <glib.h>

G_BEGIN_DECLS

/** SagInflater: decompresses one gzip member (RFC 1952), checksum included. */
typedef struct _SagInflater SagInflater;

typedef enum
{
  SAG_INFLATE_MORE,    /* as far as input and output went */
  SAG_INFLATE_END,     /* the member ends here and its checksum is right */
  SAG_INFLATE_DAMAGED, /* no gzip, or a wrong checksum; what was put out may be wrong */
} SagInflateResult;

SagInflater *sag_inflater_new (void);
void         sag_inflater_free (SagInflater *inflater);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagInflater, sag_inflater_free)

/** sag_inflater_run: reads from @in, writes to @out, and moves all four past what it did. */
SagInflateResult sag_inflater_run (
  SagInflater *inflater, const guint8 **in, gsize *n_in, guint8 **out, gsize *n_out);

/** sag_inflater_reset: the next input is a new member. */
void sag_inflater_reset (SagInflater *inflater);

/** SagDeflater: compresses one gzip member, quickly rather than well, and always alike: it holds no
 * time and no name. */
typedef struct _SagDeflater SagDeflater;

SagDeflater *sag_deflater_new (void);
void         sag_deflater_free (SagDeflater *deflater);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDeflater, sag_deflater_free)

/**
 * sag_deflater_run: compresses @in, moving it past what was taken.
 * @last: nothing follows @in
 *
 * Returns: the bytes written to @out; fewer than @size_out means that all input is taken and, with
 * @last, that the member is complete
 */
gsize sag_deflater_run (SagDeflater   *deflater,
                        const guint8 **in,
                        gsize         *n_in,
                        gboolean       last,
                        guint8        *out,
                        gsize          size_out);

G_END_DECLS
