/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/arena.h"

#include <sys/mman.h>

#define ALIGNMENT 64

gsize
sag_cpu_arena_piece_size (gsize n_floats)
{
  gsize size;

  if (!g_size_checked_mul (&size, n_floats, sizeof (float)) || size > G_MAXSIZE / 2)
    return G_MAXSIZE;
  return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

gboolean
sag_cpu_arena_reserve (SagCpuArena *arena, gsize size_bytes)
{
  if (size_bytes > arena->size)
    {
      void *base;

      sag_cpu_arena_clear (arena);
      base = mmap (NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (base == MAP_FAILED)
        return FALSE;
      /* Pages of 2 MB where the kernel grants them: the first call then takes no longer than the others. */
      madvise (base, size_bytes, MADV_HUGEPAGE);
      arena->base = base;
      arena->size = size_bytes;
    }
  sag_cpu_arena_reset (arena);
  return TRUE;
}

void
sag_cpu_arena_reset (SagCpuArena *arena)
{
  arena->front = 0;
  arena->back = 0;
}

float *
sag_cpu_arena_take (SagCpuArena *arena, gboolean from_back, gsize n_floats)
{
  gsize size = sag_cpu_arena_piece_size (n_floats);
  gsize whole = arena->size / ALIGNMENT * ALIGNMENT;

  g_assert (size <= whole - arena->front - arena->back);
  if (from_back)
    {
      arena->back += size;
      return (float *) (arena->base + whole - arena->back);
    }
  arena->front += size;
  return (float *) (arena->base + arena->front - size);
}

void
sag_cpu_arena_clear (SagCpuArena *arena)
{
  if (arena->base != NULL)
    munmap (arena->base, arena->size);
  *arena = (SagCpuArena){ 0 };
}
