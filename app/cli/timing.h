/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/json-writer.h"

G_BEGIN_DECLS

/** SagCliTiming: seconds of repeated runs of one thing. */
typedef struct
{
  char   *name;
  GArray *wall_s; /* double */
  GArray *cpu_s;  /* of all threads together */
} SagCliTiming;

/** SagCliTimedFunc: one run; returns FALSE with @error set when it fails. */
typedef gboolean (*SagCliTimedFunc) (gpointer data, GError **error);

/** sag_cli_timing_run: one run that is not counted, then @n_runs that are. NULL on error. */
SagCliTiming *sag_cli_timing_run (
  const char *name, int n_runs, SagCliTimedFunc func, gpointer data, GError **error);
void sag_cli_timing_free (SagCliTiming *timing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCliTiming, sag_cli_timing_free)

/** sag_cli_timing_print: "encode   median 148 ms   fastest 141 ms   processor 290 ms". */
void sag_cli_timing_print (const SagCliTiming *timing);

/** sag_cli_timing_write: the same as a member object called by its name, in ms. */
void sag_cli_timing_write (const SagCliTiming *timing, SagJsonWriter *writer);

/** sag_cli_timing_tell: runs, and prints, or with a @writer (nullable) writes. */
gboolean sag_cli_timing_tell (const char     *name,
                              int             n_runs,
                              SagCliTimedFunc func,
                              gpointer        data,
                              SagJsonWriter  *writer,
                              GError        **error);

G_END_DECLS
