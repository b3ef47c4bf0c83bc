/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SagMachine: what the program runs on. @processor: "" if unknown; sizes 0 if unknown. */
typedef struct
{
  char     processor[128];
  gboolean has_avx2; /* and FMA, which the fast kernels need, too */
  guint    n_processors;
  guint64  memory_bytes;
  guint64  free_bytes;
} SagMachine;

void sag_machine_init (SagMachine *machine);

G_END_DECLS
