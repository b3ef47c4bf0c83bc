/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/publish.h"

#include "model/bundle/save.h"
#include "model/core/error.h"
#include "model/text/catalogue.h"

#include <math.h>
#include <string.h>

#define MOST_IN_F16 65504.0f
#define PIECE 65536
#define HALVED_FROM "halved_from"
#define LEFT_OUT "left_out"

static SagDtype
dtype_of (const SagWeightSpec *spec)
{
  return spec->n_dims > 1 ? SAG_DTYPE_F16 : SAG_DTYPE_F32;
}

static bool
declare_weight (const SagWeightSpec *spec, void *user_data)
{
  sag_tensor_writer_declare (user_data, spec->name, dtype_of (spec), (guint) spec->n_dims,
                             spec->shape);
  return true;
}

static void
declare (SagTensorWriter *writer, gpointer data)
{
  sag_network_foreach_weight (sag_bundle_get_network (data), declare_weight, writer);
}

static gboolean
fits (const SagWeightSpec *spec, const float *values, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (dtype_of (spec) == SAG_DTYPE_F16 && !(fabsf (values[i]) <= MOST_IN_F16))
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                     "The weight %s holds %g, which 16 bits cannot; the bundle cannot be halved.",
                     spec->name, values[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
fill (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer data, GError **error)
{
  g_autofree float *values = g_new (float, PIECE);

  for (size_t at = 0; at < spec->n_values; at += PIECE)
    {
      size_t n = MIN (PIECE, spec->n_values - at);

      if (!sag_bundle_read (data, spec->name, at, n, values))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "The weight %s cannot be read.",
                       spec->name);
          return FALSE;
        }
      if (!fits (spec, values, n, error) || !sag_tensor_writer_floats (writer, values, n, error))
        return FALSE;
    }
  return TRUE;
}

static GBytes *
read_file (SagBundle *bundle, SagBundleFile file, const char *instead, GError **error)
{
  g_autofree char *own =
    g_build_filename (sag_bundle_get_folder (bundle), sag_bundle_file_get_name (file), NULL);
  g_autoptr (GFile) source = g_file_new_for_path (instead != NULL ? instead : own);

  return g_file_load_bytes (source, NULL, NULL, error);
}

static void
forget_notes (SagManifest *manifest, const char *const *keys)
{
  for (guint i = manifest->notes->len; keys != NULL && i-- > 0;)
    {
      const SagBundleNote *note = manifest->notes->pdata[i];

      if (g_strv_contains (keys, note->key))
        g_ptr_array_remove_index (manifest->notes, i);
    }
}

static SagBundleNote *
find_note (const SagManifest *manifest, const char *key)
{
  for (guint i = 0; i < manifest->notes->len; i++)
    {
      SagBundleNote *note = manifest->notes->pdata[i];

      if (g_str_equal (note->key, key))
        return note;
    }
  return NULL;
}

/* Beside what an earlier publishing left there. */
static void
add_to_note (SagManifest *manifest, const char *key, const char *text)
{
  SagBundleNote *note = find_note (manifest, key);

  if (note == NULL)
    sag_manifest_add_note (manifest, key, text);
  else
    {
      g_autofree char *before = g_steal_pointer (&note->value);

      note->value = g_strdup_printf ("%s; %s", before, text);
    }
}

static void
replace (char **text, const char *by)
{
  if (by == NULL)
    return;
  g_free (*text);
  *text = g_strdup (by);
}

static void
note_aurocs (SagManifest *manifest, GHashTable *const aurocs[SAG_N_HEADS])
{
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      SagBundleTask *task = manifest->tasks->pdata[i];
      const double  *auroc =
        aurocs[task->head] != NULL ? g_hash_table_lookup (aurocs[task->head], task->text) : NULL;

      if (auroc != NULL)
        task->auroc = *auroc;
    }
}

static gboolean
asks_for_one_of (const SagBundleTask *task, GPtrArray *missed)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);

  for (guint i = 0; catalogue != NULL && i < missed->len; i++)
    {
      const SagBundleTask *other = missed->pdata[i];

      if (other->head == task->head &&
          sag_catalogue_same_finding (catalogue, other->text, task->text))
        return TRUE;
    }
  return FALSE;
}

/* What was trained and never learned is nothing that the bundle answers, in whatever words. */
static void
leave_out (SagManifest *manifest, double least_auroc)
{
  g_autoptr (GPtrArray) missed = g_ptr_array_new ();
  g_autofree char *note = NULL;
  char             bound[G_ASCII_DTOSTR_BUF_SIZE];
  guint            n = manifest->tasks->len;

  for (guint i = 0; i < n; i++)
    if (((const SagBundleTask *) manifest->tasks->pdata[i])->auroc < least_auroc)
      g_ptr_array_add (missed, manifest->tasks->pdata[i]);
  for (guint i = n; i-- > 0;)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      if (isnan (task->auroc) && asks_for_one_of (task, missed))
        g_ptr_array_remove_index (manifest->tasks, i);
    }
  for (guint i = 0; i < missed->len; i++)
    g_ptr_array_remove (manifest->tasks, missed->pdata[i]);
  n -= manifest->tasks->len;
  if (n == 0)
    return;
  note = g_strdup_printf ("%u %s of findings with an AUROC below %s on held-out cases", n,
                          n == 1 ? "text" : "texts",
                          g_ascii_formatd (bound, sizeof bound, "%g", least_auroc));
  add_to_note (manifest, LEFT_OUT, note);
}

static SagManifest *
dup_manifest (SagBundle *bundle, const SagBundlePublish *publish)
{
  SagManifest *manifest = sag_manifest_copy (sag_bundle_get_manifest (bundle));

  replace (&manifest->name, publish->name);
  replace (&manifest->weights_license, publish->weights_license);
  replace (&manifest->data_license, publish->data_license);
  replace (&manifest->permitted_use, publish->permitted_use);
  forget_notes (manifest, publish->forget);
  note_aurocs (manifest, publish->aurocs);
  leave_out (manifest, publish->least_auroc);
  if (find_note (manifest, HALVED_FROM) == NULL)
    sag_manifest_add_note (manifest, HALVED_FROM, sag_bundle_get_sha256 (bundle));
  manifest->lora_scaling = 0;
  return manifest;
}

SagBundle *
sag_bundle_publish (SagBundle              *bundle,
                    const SagBundlePublish *publish,
                    const char             *folder,
                    GError                **error)
{
  g_autoptr (SagManifest) manifest = NULL;
  g_autoptr (GBytes) vocabulary = NULL;
  g_autoptr (GBytes) license = NULL;
  SagBundleParts parts;

  g_return_val_if_fail (bundle != NULL && publish != NULL && folder != NULL, NULL);
  g_return_val_if_fail (sag_bundle_get_folder (bundle) != NULL, NULL);

  vocabulary = read_file (bundle, SAG_BUNDLE_VOCABULARY, NULL, error);
  license = vocabulary ? read_file (bundle, SAG_BUNDLE_LICENSE, publish->license, error) : NULL;
  if (license == NULL)
    return NULL;
  manifest = dup_manifest (bundle, publish);
  parts = (SagBundleParts){
    .manifest = manifest,
    .vocabulary = vocabulary,
    .license = license,
    .declare = declare,
    .fill = fill,
    .data = bundle,
    .cancellable = publish->cancellable,
  };
  return sag_bundle_save (&parts, folder, error) ? sag_bundle_load (folder, error) : NULL;
}
