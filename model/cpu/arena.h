/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagCpuArena: one block of memory, kept from call to call: fresh pages cost more than the arithmetic on them.
 *
 * Pieces come from the front or from the back and are 64-byte aligned; sag_cpu_arena_reset() takes all of them back.
 * Nothing is cleared.
 */
typedef struct
{
  char *base;
  gsize size;  /* of the block */
  gsize front; /* bytes taken from either end */
  gsize back;
} SagCpuArena;

/** sag_cpu_arena_piece_size: bytes that a piece of @n_floats takes; G_MAXSIZE if that overflows. */
gsize sag_cpu_arena_piece_size (gsize n_floats);

/**
 * sag_cpu_arena_reserve: grows the block to @size_bytes and resets it. FALSE, leaving it empty, when memory is
 * short.
 */
gboolean sag_cpu_arena_reserve (SagCpuArena *arena, gsize size_bytes);

void sag_cpu_arena_reset (SagCpuArena *arena);

/** sag_cpu_arena_take: the next @n_floats from the front, or from the back. The caller reserved enough. */
float *sag_cpu_arena_take (SagCpuArena *arena, gboolean from_back, gsize n_floats);

void sag_cpu_arena_clear (SagCpuArena *arena);

G_END_DECLS
