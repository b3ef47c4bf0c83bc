/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

/**
 * FakeEngine: an engine that answers what a test wants, and counts what it was asked.
 *
 * Encoding puts the mean of each cell's block of the input into the tokens: value c of token p is the mean of cell c
 * of that token, in the order in which a patch head gives them.
 *
 * @class_logit: (nullable): the logit of text @t of a request; 0 without it
 * @cell_logits: (nullable): (tokens, cells of a token) of text @t; zeros without it
 * @n_encoded, @n_asked: inputs and texts so far
 */
typedef struct
{
  float (*class_logit) (const SagAskRequest *request, int t, gpointer data);
  void (*cell_logits) (const SagAskRequest *request, int t, float *out, gpointer data);
  gpointer   data;
  guint      n_encoded;
  guint      n_asked;
  SagNetwork network;
} FakeEngine;

/** fake_engine_open: @fake must live as long as the engine. */
SagEngine *fake_engine_open (FakeEngine *fake, SagBundle *bundle);

/** fake_bundle_new: small random weights. @paper_input: 256 x 160 x 128, whose cells measure 12 x 16 x 16 mm. */
SagBundle *fake_bundle_new (const char *recipe, gboolean paper_input);

/** fake_text_is: text @t of the request is made of the same ids as @words. */
gboolean fake_text_is (const SagAskRequest *request, int t, SagBundle *bundle, const char *words);

/** fake_encode_phantom: prepares and encodes a healthy phantom on a coarse grid; gives the scan, too. */
SagTokens *fake_encode_phantom (SagEngine *engine, SagVolume **volume);

G_END_DECLS
