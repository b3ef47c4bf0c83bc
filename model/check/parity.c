/* SPDX-License-Identifier: Apache-2.0 */
#include "model/check/parity.h"

#include "model/phantom/phantom.h"

#include <math.h>

SagParity
sag_parity_golden (void)
{
  /* The portable C kernels on one thread, gcc 12 on x86-64. */
  return (SagParity){ .logit = -1.228627f, .cell = 2.89177f };
}

double
sag_parity_difference (const SagParity *a, const SagParity *b)
{
  return fmax (fabs ((double) a->logit - b->logit), fabs ((double) a->cell - b->cell));
}

static SagTokens *
encode_phantom (SagEngine *engine, GCancellable *cancellable, GError **error)
{
  const SagPhantomOptions options = { .seed = 1, .spacing_mm = { 4, 4, 4 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (SagPrepared) prepared = NULL;

  prepared = sag_engine_prepare (engine, phantom->image, NULL, cancellable, error);
  return prepared != NULL ? sag_engine_encode (engine, prepared, cancellable, error) : NULL;
}

gboolean
sag_parity_ask (const SagEngineTable   *table,
                const SagEngineOptions *options,
                SagBundle              *bundle,
                SagParity              *parity,
                GCancellable           *cancellable,
                GError                **error)
{
  static const char *const text = "Diagnose the presence of pleural effusion around the lungs";
  g_autoptr (SagEngine) engine = sag_engine_open (table, bundle, options, error);
  g_autoptr (SagTokens) tokens = NULL;
  g_autofree float *cells = NULL;
  gint32            dims[3];
  gsize             n_cells;

  if (engine == NULL)
    return FALSE;
  tokens = encode_phantom (engine, cancellable, error);
  if (tokens == NULL)
    return FALSE;
  sag_engine_get_cell_dims (engine, dims);
  n_cells = (gsize) dims[0] * (gsize) dims[1] * (gsize) dims[2];
  cells = g_new (float, n_cells);
  if (!sag_engine_ask (engine, tokens, &text, 1, NULL, &parity->logit, cells, cancellable, error))
    return FALSE;
  parity->cell = -INFINITY;
  for (gsize i = 0; i < n_cells; i++)
    parity->cell = fmaxf (parity->cell, cells[i]);
  g_strlcpy (parity->device, sag_engine_get_info (engine)->device, sizeof parity->device);
  return TRUE;
}
