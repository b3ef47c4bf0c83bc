/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/answer/fake-engine.h"

#include "model/bundle/create.h"
#include "model/engine/status.h"
#include "model/phantom/phantom.h"
#include "tests/support/test.h"

#include <string.h>

/* The one that is being opened: a table's open() knows nothing of who calls it. */
static FakeEngine *opening;

static void *
fake_open (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  opening->network = *source->network;
  g_assert_cmpint (opening->network.hidden, >=, sag_network_cells_per_token (&opening->network));
  return opening;
}

static void
fake_close (void *self)
{
}

static void
fake_describe (void *self, SagEngineInfo *info)
{
  *info = (SagEngineInfo){ "fake", "paper and pencil", "fp32" };
}

/* Mean of the block of the input at @start (x, y, z), z fastest. */
static float
block_mean (const SagEncodeRequest *request, const gint32 start[3], const gint32 size[3])
{
  const gint32 *dims = request->dims;
  double        sum = 0;

  for (gint32 x = start[0]; x < start[0] + size[0]; x++)
    for (gint32 y = start[1]; y < start[1] + size[1]; y++)
      for (gint32 z = start[2]; z < start[2] + size[2]; z++)
        sum += request->input[((gsize) x * dims[1] + y) * dims[2] + z];
  return (float) (sum / ((double) size[0] * size[1] * size[2]));
}

static bool
fake_encode (void *self, const SagEncodeRequest *request, SagStatus *status)
{
  FakeEngine   *fake = self;
  const gint32 *cells = fake->network.cells;
  gint32        tokens[3], size[3];
  float        *row = request->tokens;

  if (sag_cancel_is_set (&request->cancel))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Stopped.");
  fake->n_encoded++;
  sag_network_feature_dims (&fake->network, request->dims, tokens);
  for (int a = 0; a < 3; a++)
    size[a] = request->dims[a] / (tokens[a] * cells[a]);
  for (gint32 x = 0; x < tokens[0]; x++)
    for (gint32 y = 0; y < tokens[1]; y++)
      for (gint32 z = 0; z < tokens[2]; z++, row += fake->network.hidden)
        for (gint32 c = 0; c < cells[0] * cells[1] * cells[2]; c++)
          {
            gint32 start[3] = {
              (x * cells[0] + c / cells[2] / cells[1]) * size[0],
              (y * cells[1] + c / cells[2] % cells[1]) * size[1],
              (z * cells[2] + c % cells[2]) * size[2],
            };

            row[c] = block_mean (request, start, size);
          }
  return true;
}

static bool
fake_ask (void *self, const SagAskRequest *request, SagStatus *status)
{
  FakeEngine *fake = self;
  gsize       n = (gsize) request->n_tokens * sag_network_cells_per_token (&fake->network);

  if (sag_cancel_is_set (&request->cancel))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Stopped.");
  for (int t = 0; t < request->n_texts; t++)
    {
      request->class_logits[t] = fake->class_logit ? fake->class_logit (request, t, fake->data) : 0;
      if (request->cell_logits == NULL)
        continue;
      memset (request->cell_logits + t * n, 0, n * sizeof (float));
      if (fake->cell_logits != NULL)
        fake->cell_logits (request, t, request->cell_logits + t * n, fake->data);
    }
  fake->n_asked += request->n_texts;
  return true;
}

SagEngine *
fake_engine_open (FakeEngine *fake, SagBundle *bundle)
{
  static const SagEngineTable table = {
    .abi = SAG_ENGINE_ABI,
    .id = "fake",
    .open = fake_open,
    .close = fake_close,
    .describe = fake_describe,
    .encode = fake_encode,
    .ask = fake_ask,
  };
  g_autoptr (GError) error = NULL;
  SagEngine *engine;

  opening = fake;
  engine = sag_engine_open (&table, bundle, NULL, &error);
  g_assert_no_error (error);
  return engine;
}

SagBundle *
fake_bundle_new (const char *recipe, gboolean paper_input)
{
  SagBundleCreate  create = { .source = { .recipe = recipe }, .seed = 1 };
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "bundle", NULL);
  g_autoptr (GError) error = NULL;
  SagBundle *bundle;

  if (paper_input)
    memcpy (create.input, (gint32[]){ 256, 160, 128 }, sizeof create.input);
  bundle = sag_bundle_create (&create, path, &error);
  g_assert_no_error (error);
  sag_test_remove_folder (folder);
  return bundle;
}

gboolean
fake_text_is (const SagAskRequest *request, int t, SagBundle *bundle, const char *words)
{
  gsize              n;
  g_autofree gint32 *ids = sag_tokenizer_encode (sag_bundle_get_tokenizer (bundle), words, &n);

  return (gsize) request->lengths[t] == n &&
         memcmp (request->ids + (gsize) t * request->max_length, ids, n * sizeof *ids) == 0;
}

SagTokens *
fake_encode_phantom (SagEngine *engine, SagVolume **volume)
{
  SagPhantomOptions options = { .seed = 3, .spacing_mm = { 6, 6, 6 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  SagTokens *tokens;

  prepared = sag_prepare (phantom->image, sag_bundle_get_recipe (sag_engine_get_bundle (engine)),
                          NULL, NULL, &error);
  g_assert_no_error (error);
  tokens = sag_engine_encode (engine, prepared, NULL, &error);
  g_assert_no_error (error);
  *volume = sag_volume_ref (phantom->image);
  return tokens;
}
