/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include <sys/mman.h>
#include <unistd.h>

/** memory_file: (transfer full): path of a file in memory that holds @bytes, until @fd (out) is closed. */
static inline char *
memory_file (const guint8 *bytes, gsize n, int *fd)
{
  *fd = memfd_create ("input", MFD_CLOEXEC);
  g_assert_cmpint (*fd, >=, 0);
  g_assert_cmpint (write (*fd, bytes, n), ==, (gssize) n);
  return g_strdup_printf ("/proc/self/fd/%d", *fd);
}
