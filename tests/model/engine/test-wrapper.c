/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/engine.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/engine/cells.h"
#include "model/engine/status.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

/* The wrapper over a table that only says what it was asked. */

/* What the fake engine does, and what it saw. */
static struct
{
  SagStatusCode refuse;    /* SAG_STATUS_OK: works */
  float         bad_logit; /* put into the last class logit unless it is 0 */
  int           n_open;
  int           n_prepared;
  int           n_asks;
  int           n_texts;
  int           max_length;
  gint32        ids[3][16];
  gint32        lengths[3];
  const guint8 *mask;
  bool          wanted_cells;
} fake;

static SagNetwork fake_network;

static void *
fake_open (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  float value;

  if (fake.refuse != SAG_STATUS_OK)
    {
      sag_status_fail (status, fake.refuse, "No engine today.");
      return NULL;
    }
  g_assert_true (source->read (source->data, "lm_head_cls.bias", 0, 1, &value));
  fake_network = *source->network;
  fake.n_open++;
  return &fake;
}

static void
fake_close (void *self)
{
  g_assert_true (self == &fake);
  fake.n_open--;
}

static void
fake_describe (void *self, SagEngineInfo *info)
{
  *info = (SagEngineInfo){ "fake", "paper and pencil", "fp32" };
}

static bool
fake_encode (void *self, const SagEncodeRequest *request, SagStatus *status)
{
  gsize n = (gsize) sag_network_n_tokens (&fake_network) * fake_network.hidden;

  if (sag_cancel_is_set (&request->cancel))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Stopped.");
  if (fake.refuse != SAG_STATUS_OK)
    return sag_status_fail (status, fake.refuse, "The pencil broke.");
  for (gsize i = 0; i < n; i++)
    request->tokens[i] = i;
  return true;
}

/* Logits that tell where they belong: text number (of the call) + index / 2^20. */
static bool
fake_ask (void *self, const SagAskRequest *request, SagStatus *status)
{
  gsize n = (gsize) request->n_tokens * sag_network_cells_per_token (&fake_network);

  if (sag_cancel_is_set (&request->cancel))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Stopped.");
  if (fake.refuse != SAG_STATUS_OK)
    return sag_status_fail (status, fake.refuse, "The pencil broke.");
  for (int t = 0; t < request->n_texts; t++)
    {
      request->class_logits[t] = fake.n_texts + t;
      for (gsize i = 0; request->cell_logits && i < n; i++)
        request->cell_logits[t * n + i] = fake.n_texts + t + i * 0x1p-20f;
    }
  for (int t = 0; t < MIN (request->n_texts, 3); t++)
    {
      fake.lengths[t] = request->lengths[t];
      memcpy (fake.ids[t], request->ids + t * request->max_length,
              MIN (16, request->max_length) * sizeof (gint32));
    }
  if (fake.bad_logit != 0)
    request->class_logits[request->n_texts - 1] = fake.bad_logit;
  if (fake.n_asks++ == 0)
    fake.mask = request->token_mask;
  fake.n_texts += request->n_texts;
  fake.max_length = request->max_length;
  fake.wanted_cells = request->cell_logits != NULL;
  return true;
}

/* An input that no processor makes, where the box starts a voxel further. */
static bool
fake_prepare (void *self, SagPrepareRequest *request, SagStatus *status)
{
  static const double origin[3], spacing[] = { 1.5, 2, 2 };
  const gint32       *dims = request->recipe.input;

  fake.n_prepared++;
  if (fake.refuse != SAG_STATUS_OK)
    return sag_status_fail (status, fake.refuse, "The pencil broke.");
  g_assert_false (request->is_float);
  for (gsize i = 0; i < (gsize) dims[0] * dims[1] * dims[2]; i++)
    request->input[i] = 0.25f;
  request->input_geometry = sag_geometry_init (dims, spacing, origin);
  request->box_start[0] = request->box_start[1] = request->box_start[2] = 1;
  return true;
}

static const SagEngineTable fake_table = {
  .abi = SAG_ENGINE_ABI,
  .id = "fake",
  .open = fake_open,
  .close = fake_close,
  .describe = fake_describe,
  .prepare = fake_prepare,
  .encode = fake_encode,
  .ask = fake_ask,
};

/* A small untrained bundle, an engine on it, a scan prepared for it: a block of water in air. */
typedef struct
{
  SagBundle   *bundle;
  SagEngine   *engine;
  SagPrepared *prepared;
  SagTokens   *tokens;
} Fixture;

static SagVolume *
block_new (int shift)
{
  static const double origin[3], spacing[] = { 6, 6, 6 };
  SagGeometry geometry = sag_geometry_init ((const gint32[]){ 60, 50, 40 }, spacing, origin);
  gint16     *voxels = g_new (gint16, 60 * 50 * 40);

  for (int i = 0; i < 60 * 50 * 40; i++)
    voxels[i] =
      i % 60 > 10 + shift && i % 60 < 50 && i / 60 % 50 > 10 && i / 60 % 50 < 40 ? 10 : -1000;
  return sag_volume_new_int16 (&geometry, voxels);
}

static SagPrepared *
prepare_block (SagBundle *bundle, int shift)
{
  g_autoptr (SagVolume) volume = block_new (shift);
  g_autoptr (GError) error = NULL;
  SagPrepared *prepared;

  prepared = sag_prepare (volume, sag_bundle_get_recipe (bundle), NULL, NULL, &error);
  g_assert_no_error (error);
  return prepared;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  memset (&fake, 0, sizeof fake);
  fixture->bundle = sag_bundle_open_untrained (1, &error);
  g_assert_no_error (error);
  fixture->engine = sag_engine_open (&fake_table, fixture->bundle, NULL, &error);
  g_assert_no_error (error);
  fixture->prepared = prepare_block (fixture->bundle, 0);
  fixture->tokens = sag_engine_encode (fixture->engine, fixture->prepared, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_tokens_unref (fixture->tokens);
  sag_prepared_unref (fixture->prepared);
  sag_engine_close (fixture->engine);
  sag_bundle_unref (fixture->bundle);
  g_assert_cmpint (fake.n_open, ==, 0);
}

/* The engine's device makes the input; where it cannot, the processor does. */
static void
test_prepare (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagVolume) volume = block_new (0);
  g_autoptr (GError) error = NULL;
  SagPrepareOptions kept = { .keep_standardised = TRUE };
  g_autoptr (SagPrepared) made = NULL, fallen = NULL, whole = NULL;

  made = sag_engine_prepare (fixture->engine, volume, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fake.n_prepared, ==, 1);
  g_assert_cmpfloat (sag_prepared_get_input (made)[77], ==, 0.25f);
  g_assert_cmpfloat (sag_prepared_get_input_geometry (made)->ijk_to_ras[0][0], ==, 1.5);
  g_assert_cmpstr (sag_prepared_get_key (made), !=, sag_prepared_get_key (fixture->prepared));
  fake.refuse = SAG_STATUS_OUT_OF_MEMORY;
  fallen = sag_engine_prepare (fixture->engine, volume, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fake.n_prepared, ==, 2);
  g_assert_cmpstr (sag_prepared_get_key (fallen), ==, sag_prepared_get_key (fixture->prepared));
  whole = sag_engine_prepare (fixture->engine, volume, &kept, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fake.n_prepared, ==, 2);
  g_assert_nonnull (sag_prepared_get_standardised (whole));
}

static gsize
count_cells (Fixture *fixture)
{
  gint32 dims[3];

  sag_engine_get_cell_dims (fixture->engine, dims);
  return (gsize) dims[0] * dims[1] * dims[2];
}

static void
test_tokens (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagPrepared) other = prepare_block (fixture->bundle, 1);
  g_autoptr (SagTokens) again =
    sag_engine_encode (fixture->engine, fixture->prepared, NULL, &error);
  g_autoptr (SagTokens) moved = sag_engine_encode (fixture->engine, other, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (sag_tokens_get_values (again)[5], ==, 5);
  g_assert_true (sag_tokens_get_prepared (again) == fixture->prepared);
  g_assert_cmpuint (strlen (sag_tokens_get_key (again)), ==, 32);
  g_assert_cmpstr (sag_tokens_get_key (again), ==, sag_tokens_get_key (fixture->tokens));
  g_assert_cmpstr (sag_tokens_get_key (again), !=, sag_tokens_get_key (moved));
  g_assert_cmpstr (sag_engine_get_info (fixture->engine)->device, ==, "paper and pencil");
  g_assert_true (sag_engine_get_bundle (fixture->engine) == fixture->bundle);
}

/* Ids go to the table padded to the longest text, as the tokenizer makes them. */
static void
test_ids (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "",
                                       "Diagnose the presence of pleural effusion around the lungs",
                                       "lungs" };
  SagTokenizer            *tokenizer = sag_bundle_get_tokenizer (fixture->bundle);
  guint8                  *mask = g_new0 (guint8, 3 * count_cells (fixture));
  g_autoptr (GError) error = NULL;
  float logits[3];

  g_assert_true (
    sag_engine_ask (fixture->engine, fixture->tokens, texts, 3, mask, logits, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (fake.mask == mask);
  g_assert_false (fake.wanted_cells);
  for (int t = 0; t < 3; t++)
    {
      gsize              n;
      g_autofree gint32 *ids = sag_tokenizer_encode (tokenizer, texts[t], &n);

      g_assert_cmpfloat (logits[t], ==, t);
      g_assert_cmpint (fake.lengths[t], ==, n);
      g_assert_cmpint (fake.max_length, >=, n);
      for (int i = 0; i < MIN (fake.max_length, 16); i++)
        g_assert_cmpint (fake.ids[t][i], ==,
                         i < (int) n ? ids[i] : sag_tokenizer_get_pad_id (tokenizer));
    }
  g_free (mask);
}

/* More texts than one call of the table takes; every cell where it belongs. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  const SagNetwork       *network = sag_bundle_get_network (fixture->bundle);
  const gint32           *c = network->cells;
  gsize                   n_cells = count_cells (fixture), n_texts = 150;
  g_autofree const char **texts = g_new (const char *, n_texts);
  g_autofree float       *logits = g_new (float, n_texts), *cells = g_new (float, n_texts *n_cells);
  g_autoptr (GError) error = NULL;
  gint32 tokens[3], dims[3];

  for (gsize t = 0; t < n_texts; t++)
    texts[t] = t % 2 ? "lungs" : "heart";
  g_assert_true (sag_engine_ask (fixture->engine, fixture->tokens, texts, n_texts, NULL, logits,
                                 cells, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fake.n_texts, ==, 150);
  g_assert_cmpint (fake.n_asks, >, 1);
  sag_network_feature_dims (network, network->input, tokens);
  sag_engine_get_cell_dims (fixture->engine, dims);
  for (gsize t = 0; t < n_texts; t += 37)
    for (gsize i = 0; i < n_cells; i++)
      {
        gint32 x = i % dims[0], y = i / dims[0] % dims[1], z = i / dims[0] / dims[1];
        gint32 token = (x / c[0] * tokens[1] + y / c[1]) * tokens[2] + z / c[2];
        gint32 cell = (x % c[0] * c[1] + y % c[1]) * c[2] + z % c[2];

        g_assert_cmpfloat (cells[t * n_cells + i], ==,
                           (float) (t + (token * c[0] * c[1] * c[2] + cell) * 0x1p-20));
      }
  g_assert_cmpfloat (logits[149], ==, 149);
}

static gboolean
ask_one (Fixture *fixture, const char *text, GCancellable *cancellable, GError **error)
{
  float logit;

  return sag_engine_ask (fixture->engine, fixture->tokens, &text, 1, NULL, &logit, NULL,
                         cancellable, error);
}

static void
test_long_text (Fixture *fixture, gconstpointer data)
{
  gint32 most = sag_network_max_text (sag_bundle_get_network (fixture->bundle));
  g_autoptr (GString) text = g_string_new ("Segment");
  g_autofree char *limit = g_strdup_printf ("at most %d", most);
  g_autoptr (GError) error = NULL;

  for (gint32 i = 3; i < most; i++)
    g_string_append (text, " ,");
  g_assert_true (ask_one (fixture, text->str, NULL, &error));
  g_assert_cmpint (fake.max_length, ==, most);
  g_string_append (text, " ,");
  g_assert_false (ask_one (fixture, text->str, NULL, &error));
  g_assert_nonnull (strstr (error->message, "Segment , ,"));
  g_assert_cmpuint (strlen (error->message), <, 300);
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, limit);
  g_assert_false (ask_one (fixture, "\xff\xfe", NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "UTF-8");
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SagEngineTable strange = fake_table;

  g_assert_true (ask_one (fixture, "lungs", cancellable, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (ask_one (fixture, "lungs", cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  g_assert_null (sag_engine_encode (fixture->engine, fixture->prepared, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");

  fake.refuse = SAG_STATUS_OUT_OF_MEMORY;
  g_assert_false (ask_one (fixture, "lungs", NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "pencil broke");
  g_assert_null (sag_engine_encode (fixture->engine, fixture->prepared, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "pencil broke");
  g_assert_null (sag_engine_open (&fake_table, fixture->bundle, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "No engine today");

  fake.refuse = SAG_STATUS_OK;
  fake.bad_logit = NAN;
  g_assert_false (ask_one (fixture, "lungs", NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "no number");
  fake.bad_logit = INFINITY;
  g_assert_false (ask_one (fixture, "lungs", NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "bundle check");

  strange.abi++;
  g_assert_null (sag_engine_open (&strange, fixture->bundle, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "interface");
}

static void
test_other_bundle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) other = sag_bundle_open_untrained (2, &error);
  g_autoptr (SagEngine) engine = sag_engine_open (&fake_table, other, NULL, &error);
  const char *text = "lungs";
  float       logit;

  g_assert_no_error (error);
  g_assert_false (
    sag_engine_ask (engine, fixture->tokens, &text, 1, NULL, &logit, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "another bundle");
}

/* A table without upsample: the host does it. */
static void
test_upsample (Fixture *fixture, gconstpointer data)
{
  const SagGeometry *input = sag_prepared_get_input_geometry (fixture->prepared);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gsize             n_cells = count_cells (fixture);
  g_autofree float *cells = g_new (float, n_cells), *out = NULL;
  gint32            dims[3], factor[3];
  SagGeometry       grid, target = *input;

  sag_engine_get_cell_dims (fixture->engine, dims);
  for (int a = 0; a < 3; a++)
    factor[a] = input->dims[a] / dims[a];
  grid = sag_geometry_coarsen (input, factor);
  g_assert_cmpmem (grid.dims, sizeof dims, dims, sizeof dims);
  for (gsize i = 0; i < n_cells; i++)
    cells[i] = i;
  target.dims[2] = 3;
  target.ijk_to_ras[0][3] -= input->ijk_to_ras[0][0];
  out = g_new (float, sag_geometry_n_voxels (&target));
  g_assert_true (
    sag_engine_upsample (fixture->engine, &grid, cells, &target, FALSE, out, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (isnan (out[0]));
  g_assert_cmpfloat (out[1], ==, 0);
  g_assert_cmpfloat (out[input->dims[0] - 1], ==, dims[0] - 1);
  g_cancellable_cancel (cancellable);
  g_assert_false (
    sag_engine_upsample (fixture->engine, &grid, cells, &target, TRUE, out, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  grid.ijk_to_ras[0][0] = 0;
  g_assert_false (
    sag_engine_upsample (fixture->engine, &grid, cells, &target, TRUE, out, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "no volume");
}

static void
test_arrange (void)
{
  static const gint32 tokens[] = { 2, 1, 2 }, cells[] = { 1, 2, 2 };
  /* Token (x, 0, z), cell (0, dy, dz) holds the digits x, y, z of its place in the grid of 2 x 2 x 4. */
  static const float logits[] = {
    0, 1, 10, 11, 2, 3, 12, 13, 100, 101, 110, 111, 102, 103, 112, 113
  };
  float x_fastest[16], row_major[16];

  sag_cells_arrange (tokens, cells, logits, true, x_fastest);
  sag_cells_arrange (tokens, cells, logits, false, row_major);
  for (int x = 0; x < 2; x++)
    for (int y = 0; y < 2; y++)
      for (int z = 0; z < 4; z++)
        {
          g_assert_cmpfloat (x_fastest[x + 2 * (y + 2 * z)], ==, x * 100 + y * 10 + z);
          g_assert_cmpfloat (row_major[(x * 2 + y) * 4 + z], ==, x * 100 + y * 10 + z);
        }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/engine/prepare", test_prepare },
    { "/engine/tokens", test_tokens },
    { "/engine/ask/ids", test_ids },
    { "/engine/ask/many", test_many },
    { "/engine/ask/long-text", test_long_text },
    { "/engine/ask/errors", test_errors },
    { "/engine/ask/other-bundle", test_other_bundle },
    { "/engine/host-upsample", test_upsample },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  g_test_add_func ("/engine/cells/arrange", test_arrange);
  return g_test_run ();
}
