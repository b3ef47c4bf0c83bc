/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/engine.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/core/pool.h"
#include "model/engine/cells.h"
#include "model/engine/tokens.h"
#include "model/engine/upsample.h"

#include <math.h>
#include <string.h>

#define TEXTS_AT_ONCE 64 /* of a call to the table: bounds the cells' logits in memory */
#define QUOTED_CHARACTERS 60

struct _SagEngine
{
  const SagEngineTable *table;
  void                 *self;
  SagBundle            *bundle;
  SagNetwork            network;
  SagWeightSource       source;
  SagEngineInfo         info;
  int32_t               token_dims[3];
  gsize                 n_tokens;
};

static gboolean
fail (const SagStatus *status, GError **error)
{
  const char *message =
    status->message[0] ? status->message : "The engine failed without saying why.";

  if (status->code == SAG_STATUS_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, message);
  else
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ENGINE, message);
  return FALSE;
}

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static SagCancel
cancel_of (GCancellable *cancellable)
{
  return (SagCancel){ cancellable ? is_cancelled : NULL, cancellable };
}

SagEngine *
sag_engine_open (const SagEngineTable   *table,
                 SagBundle              *bundle,
                 const SagEngineOptions *options,
                 GError                **error)
{
  static const SagEngineOptions defaults;
  g_autoptr (SagEngine) engine = NULL;
  SagStatus status = { 0 };

  g_return_val_if_fail (table != NULL && bundle != NULL, NULL);

  if (table->abi != SAG_ENGINE_ABI)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
                   "The engine \"%s\" has interface %u, but this program speaks %u; reinstall both "
                   "from one release.",
                   table->id, table->abi, SAG_ENGINE_ABI);
      return NULL;
    }
  engine = g_new0 (SagEngine, 1);
  engine->table = table;
  engine->bundle = sag_bundle_ref (bundle);
  engine->network = *sag_bundle_get_network (bundle);
  engine->source = (SagWeightSource){ &engine->network, sag_bundle_read, bundle };
  sag_network_feature_dims (&engine->network, engine->network.input, engine->token_dims);
  engine->n_tokens = sag_network_n_tokens (&engine->network);
  engine->self = table->open (&engine->source, options ? options : &defaults, &status);
  if (engine->self == NULL)
    {
      fail (&status, error);
      return NULL;
    }
  table->describe (engine->self, &engine->info);
  return g_steal_pointer (&engine);
}

void
sag_engine_close (SagEngine *engine)
{
  if (engine == NULL)
    return;
  if (engine->self != NULL)
    engine->table->close (engine->self);
  sag_bundle_unref (engine->bundle);
  g_free (engine);
}

SagBundle *
sag_engine_get_bundle (SagEngine *engine)
{
  g_return_val_if_fail (engine != NULL, NULL);
  return engine->bundle;
}

const SagEngineInfo *
sag_engine_get_info (SagEngine *engine)
{
  g_return_val_if_fail (engine != NULL, NULL);
  return &engine->info;
}

/* A SagPrepareMaker. Whatever goes wrong, the processor does it once more and gives the error its words. */
static gboolean
make_input (gpointer         data,
            SagVolume       *volume,
            const SagRecipe *recipe,
            const double    *lung_range_mm,
            const double     shift_mm[3],
            GCancellable    *cancellable,
            float           *input,
            SagGeometry     *geometry,
            gint32           box_start[3])
{
  SagEngine        *engine = data;
  SagVoxels         stored;
  SagStatus         status = { 0 };
  SagPrepareRequest request = { .recipe = *recipe,
                                .has_lung_range = lung_range_mm != NULL,
                                .input = input,
                                .cancel = cancel_of (cancellable) };

  sag_volume_view_stored (volume, &stored);
  request.voxels = stored.origin;
  request.is_float = stored.scalar == SAG_SCALAR_FLOAT32;
  request.geometry = stored.geometry;
  memcpy (request.shift_mm, shift_mm, sizeof request.shift_mm);
  if (lung_range_mm != NULL)
    memcpy (request.lung_range_mm, lung_range_mm, sizeof request.lung_range_mm);
  if (!engine->table->prepare (engine->self, &request, &status))
    return FALSE;
  *geometry = request.input_geometry;
  memcpy (box_start, request.box_start, sizeof request.box_start);
  return TRUE;
}

SagPrepared *
sag_engine_prepare (SagEngine               *engine,
                    SagVolume               *volume,
                    const SagPrepareOptions *options,
                    GCancellable            *cancellable,
                    GError                 **error)
{
  SagPrepareOptions all = options != NULL ? *options : (SagPrepareOptions){ NULL };

  g_return_val_if_fail (engine != NULL && volume != NULL, NULL);

  all.make = engine->table->prepare != NULL ? make_input : NULL;
  all.make_data = engine;
  return sag_prepare (volume, sag_bundle_get_recipe (engine->bundle), &all, cancellable, error);
}

/* The prepared input's key already stands for voxels, recipe, lungs and box. */
static char *
tokens_key (SagEngine *engine, SagPrepared *prepared)
{
  g_autofree char *all =
    g_strjoin ("|", sag_prepared_get_key (prepared), sag_bundle_get_sha256 (engine->bundle),
               engine->info.engine, engine->info.precision, NULL);

  return sag_hash_voxels (all, strlen (all));
}

SagTokens *
sag_engine_encode (SagEngine    *engine,
                   SagPrepared  *prepared,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autofree float  *values = NULL;
  SagEncodeRequest   request = { .n_inputs = 1, .cancel = cancel_of (cancellable) };
  const SagGeometry *geometry;
  SagStatus          status = { 0 };

  g_return_val_if_fail (engine != NULL && prepared != NULL, NULL);

  geometry = sag_prepared_get_input_geometry (prepared);
  if (memcmp (geometry->dims, engine->network.input, sizeof geometry->dims) != 0)
    {
      const int32_t *is = geometry->dims, *wants = engine->network.input;

      g_set_error (
        error, SAG_ERROR, SAG_ERROR_MISMATCH,
        "The scan was prepared to %d x %d x %d voxels, but the bundle \"%s\" takes %d x %d x %d; "
        "prepare it with the bundle's own recipe.",
        is[0], is[1], is[2], sag_bundle_get_name (engine->bundle), wants[0], wants[1], wants[2]);
      return NULL;
    }
  values = g_new (float, engine->n_tokens * engine->network.hidden);
  request.input = sag_prepared_get_input (prepared);
  request.tokens = values;
  memcpy (request.dims, geometry->dims, sizeof request.dims);
  if (!engine->table->encode (engine->self, &request, &status))
    {
      fail (&status, error);
      return NULL;
    }
  return sag_tokens_new (g_steal_pointer (&values), engine->n_tokens, tokens_key (engine, prepared),
                         sag_bundle_get_sha256 (engine->bundle), prepared);
}

/* The start of @text, as it stands in messages. */
static char *
quote (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= QUOTED_CHARACTERS)
    return g_strdup (text);
  start = g_utf8_substring (text, 0, QUOTED_CHARACTERS);
  return g_strconcat (start, "…", NULL);
}

/* Rows of ids, padded to the longest. */
typedef struct
{
  gint32 *ids;
  gint32 *lengths;
  gsize   max_length;
} Ids;

static void
ids_clear (Ids *ids)
{
  g_free (ids->ids);
  g_free (ids->lengths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ids, ids_clear)

static gint32 *
tokenize_one (SagEngine *engine, const char *text, gsize *n_ids, GError **error)
{
  gsize              most = sag_network_max_text (&engine->network);
  g_autofree gint32 *ids = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "A task's text is not valid UTF-8; type it again.");
      return NULL;
    }
  if (!sag_tokenizer_check (sag_bundle_get_tokenizer (engine->bundle), text, error))
    return NULL;
  ids = sag_tokenizer_encode (sag_bundle_get_tokenizer (engine->bundle), text, n_ids);
  if (*n_ids > most)
    {
      g_autofree char *quoted = quote (text);

      g_set_error (
        error, SAG_ERROR, SAG_ERROR_LIMIT,
        "The text \"%s\" has %d word pieces, but the bundle \"%s\" takes at most %d; shorten it.",
        quoted, (int) MIN (*n_ids, G_MAXINT), sag_bundle_get_name (engine->bundle), (int) most);
      return NULL;
    }
  return g_steal_pointer (&ids);
}

static gboolean
tokenize (SagEngine *engine, const char *const *texts, gsize n_texts, Ids *out, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  gint32 pad = sag_tokenizer_get_pad_id (sag_bundle_get_tokenizer (engine->bundle));

  out->lengths = g_new (gint32, n_texts);
  out->max_length = 1;
  for (gsize t = 0; t < n_texts; t++)
    {
      gsize   n_ids = 0;
      gint32 *row = tokenize_one (engine, texts[t], &n_ids, error);

      if (row == NULL)
        return FALSE;
      g_ptr_array_add (rows, row);
      out->lengths[t] = n_ids;
      out->max_length = MAX (out->max_length, n_ids);
    }
  out->ids = g_new (gint32, n_texts * out->max_length);
  for (gsize t = 0; t < n_texts; t++)
    for (gsize i = 0; i < out->max_length; i++)
      out->ids[t * out->max_length + i] =
        i < (gsize) out->lengths[t] ? ((gint32 *) rows->pdata[t])[i] : pad;
  return TRUE;
}

static gboolean
check_finite (SagEngine *engine, const float *values, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      {
        g_set_error (
          error, SAG_ERROR, SAG_ERROR_ENGINE,
          "The bundle \"%s\" gives an answer that is no number; look at it with \"bundle check\".",
          sag_bundle_get_name (engine->bundle));
        return FALSE;
      }
  return TRUE;
}

/* As many texts as one call takes. @raw: room for their cells as the table gives them, or NULL. */
static gboolean
ask_some (SagEngine *engine, SagAskRequest *request, float *raw, float *cells, GError **error)
{
  gsize     n_cells = engine->n_tokens * sag_network_cells_per_token (&engine->network);
  SagStatus status = { 0 };

  request->cell_logits = raw;
  if (!engine->table->ask (engine->self, request, &status))
    return fail (&status, error);
  if (!check_finite (engine, request->class_logits, request->n_texts, error))
    return FALSE;
  if (raw == NULL)
    return TRUE;
  if (!check_finite (engine, raw, request->n_texts * n_cells, error))
    return FALSE;
  for (gsize t = 0; t < (gsize) request->n_texts; t++)
    sag_cells_arrange (engine->token_dims, engine->network.cells, raw + t * n_cells, true,
                       cells + t * n_cells);
  return TRUE;
}

gboolean
sag_engine_ask (SagEngine         *engine,
                SagTokens         *tokens,
                const char *const *texts,
                gsize              n_texts,
                const guint8      *token_masks,
                float             *class_logits,
                float             *cell_logits,
                GCancellable      *cancellable,
                GError           **error)
{
  g_auto (Ids) ids = { 0 };
  g_autofree float *raw = NULL;
  gsize             n_cells;

  g_return_val_if_fail (engine != NULL && tokens != NULL && texts != NULL && class_logits != NULL,
                        FALSE);

  if (!g_str_equal (sag_tokens_get_bundle_sha256 (tokens), sag_bundle_get_sha256 (engine->bundle)))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The scan was encoded with another bundle than \"%s\"; encode it again.",
                   sag_bundle_get_name (engine->bundle));
      return FALSE;
    }
  if (!tokenize (engine, texts, n_texts, &ids, error))
    return FALSE;
  n_cells = engine->n_tokens * sag_network_cells_per_token (&engine->network);
  if (cell_logits != NULL)
    raw = g_new (float, MIN (n_texts, TEXTS_AT_ONCE) * n_cells);
  for (gsize first = 0; first < n_texts; first += TEXTS_AT_ONCE)
    {
      SagAskRequest request = {
        .tokens = sag_tokens_get_values (tokens),
        .n_tokens = engine->n_tokens,
        .n_texts = MIN (TEXTS_AT_ONCE, n_texts - first),
        .max_length = ids.max_length,
        .ids = ids.ids + first * ids.max_length,
        .lengths = ids.lengths + first,
        .token_mask = token_masks ? token_masks + first * engine->n_tokens : NULL,
        .class_logits = class_logits + first,
        .cancel = cancel_of (cancellable),
      };

      if (!ask_some (engine, &request, raw, cell_logits ? cell_logits + first * n_cells : NULL,
                     error))
        return FALSE;
    }
  return TRUE;
}

void
sag_engine_get_cell_dims (SagEngine *engine, gint32 dims[3])
{
  g_return_if_fail (engine != NULL);

  for (int a = 0; a < 3; a++)
    dims[a] = engine->token_dims[a] * engine->network.cells[a];
}

gboolean
sag_engine_upsample (SagEngine         *engine,
                     const SagGeometry *cell_geometry,
                     const float       *cells,
                     const SagGeometry *target,
                     gboolean           smooth,
                     float             *out,
                     GCancellable      *cancellable,
                     GError           **error)
{
  SagUpsampleRequest request = {
    .cells = cells,
    .cell_geometry = *cell_geometry,
    .target = *target,
    .smooth = smooth,
    .outside = NAN,
    .out = out,
    .cancel = cancel_of (cancellable),
  };
  SagStatus status = { 0 };
  bool      done;

  g_return_val_if_fail (engine != NULL, FALSE);

  if (engine->table->upsample != NULL)
    done = engine->table->upsample (engine->self, &request, &status);
  else
    done = sag_upsample (&request, sag_pool_get_default (), &status);
  return done || fail (&status, error);
}
