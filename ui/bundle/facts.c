/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/facts.h"

#include "model/bundle/manifest.h"

#include <glib/gi18n.h>
#include <math.h>

static void
fact_free (gpointer data)
{
  SagUiFact *fact = data;

  g_free (fact->name);
  g_free (fact->value);
  g_free (fact);
}

/* Takes @value. */
static void
add (GPtrArray *facts, const char *group, const char *name, char *value)
{
  SagUiFact *fact = g_new0 (SagUiFact, 1);

  fact->group = group;
  fact->name = g_strdup (name);
  fact->value = value;
  g_ptr_array_add (facts, fact);
}

static char *
times (const gint32 dims[3], const char *unit)
{
  return g_strdup_printf ("%d × %d × %d %s", dims[0], dims[1], dims[2], unit);
}

static void
add_network (GPtrArray *facts, const char *group, const SagManifest *manifest)
{
  const SagNetwork *network = &manifest->network;

  add (facts, group, _ ("Sees"), times (manifest->recipe.box_mm, "mm"));
  add (facts, group, _ ("Input"), times (network->input, _ ("voxels")));
  add (facts, group, _ ("Preparation"), g_strdup (sag_recipe_to_string (manifest->recipe.kind)));
  add (facts, group, _ ("Network"),
       /* Translators: numbers of blocks of the vision network, text layers, words of vocabulary. */
       g_strdup_printf (_ ("EfficientNet of %d blocks, %d text layers, %d words"),
                        network->n_blocks, network->text_layers, network->n_words));
  add (facts, group, _ ("Longest text"),
       g_strdup_printf (_ ("%d word pieces"), (int) sag_network_max_text (network)));
}

static char *
stated (const char *text)
{
  return g_strdup (text != NULL ? text : _ ("not stated"));
}

static void
add_hashes (GPtrArray *facts, SagBundle *bundle, const SagManifest *manifest)
{
  const char *group = _ ("Files");

  if (sag_bundle_get_folder (bundle) != NULL)
    add (facts, group, _ ("Folder"), g_strdup (sag_bundle_get_folder (bundle)));
  add (facts, group, "SHA-256", g_strdup (sag_bundle_get_sha256 (bundle)));
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    if (manifest->sha256[f] != NULL)
      {
        g_autofree char *size = g_format_size (manifest->size_bytes[f]);

        add (facts, group, sag_bundle_file_get_name (f),
             g_strdup_printf ("%s\n%s", size, manifest->sha256[f]));
      }
}

GPtrArray *
sag_ui_bundle_facts (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);
  GPtrArray         *facts = g_ptr_array_new_with_free_func (fact_free);

  for (guint i = 0; i < manifest->notes->len; i++)
    {
      const SagBundleNote *note = manifest->notes->pdata[i];
      g_autofree char     *name = g_strdelimit (g_strdup (note->key), "_", ' ');

      add (facts, _ ("Where it comes from"), name, g_strdup (note->value));
    }
  add (facts, _ ("Licences"), _ ("Weights"), stated (manifest->weights_license));
  add (facts, _ ("Licences"), _ ("Training data"), stated (manifest->data_license));
  add (facts, _ ("Licences"), _ ("Permitted use"), stated (manifest->permitted_use));
  add_network (facts, _ ("What it is"), manifest);
  add_hashes (facts, bundle, manifest);
  return facts;
}

static gboolean
has_auroc (const SagManifest *manifest)
{
  for (guint i = 0; i < manifest->tasks->len; i++)
    if (!isnan (((SagBundleTask *) manifest->tasks->pdata[i])->auroc))
      return TRUE;
  return FALSE;
}

static void
add_training_limits (GStrvBuilder *limits, const SagManifest *manifest)
{
  if (!manifest->trained)
    {
      g_strv_builder_add (limits,
                          _ ("It was never trained: its numbers and maps mean nothing. It is here "
                             "so that everything else can be tried."));
      return;
    }
  if (manifest->synthetic)
    g_strv_builder_add (limits, _ ("It was trained on synthetic scans only. On real scans it is a "
                                   "demonstration: do not believe its numbers there."));
  if (!manifest->knows_tasks)
    g_strv_builder_add (limits, _ ("Nobody wrote down which tasks it was trained on, so every "
                                   "answer is marked “unknown”."));
  else if (!has_auroc (manifest))
    g_strv_builder_add (limits, _ ("For none of its tasks is it recorded how well it did on cases "
                                   "that it had not seen."));
  g_strv_builder_add (limits,
                      _ ("Its probabilities belong to a training mix with as many positive as "
                         "negative cases. Say how common a finding is to have them re-weighted."));
}

char **
sag_ui_bundle_limits (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);
  const gint32      *box = manifest->recipe.box_mm;
  g_autoptr (GStrvBuilder) limits = g_strv_builder_new ();
  g_autofree char *seen = NULL;

  add_training_limits (limits, manifest);
  /* Translators: the size of a box in the patient. */
  seen = g_strdup_printf (_ ("It sees %d × %d × %d mm of an adult chest CT, and nothing outside."),
                          box[0], box[1], box[2]);
  g_strv_builder_add (limits, seen);
  if (manifest->permitted_use == NULL)
    g_strv_builder_add (limits,
                        _ ("What it may be used for is not stated; ask those who made it."));
  g_strv_builder_add (limits, _ ("Research use, not a medical device."));
  return g_strv_builder_end (limits);
}

char *
sag_ui_share_format (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    return g_strdup ("–");
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, value < 0.1 ? "%.3f" : "%.2f", value));
}
