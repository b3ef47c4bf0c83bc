/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* bundle.json as a struct: what a bundle says about itself. docs/bundle.md describes the file. */

#include "model/bundle/bundle.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SAG_BUNDLE_MANIFEST "bundle.json"

/** SagBundleFile: the other files of a bundle. */
typedef enum
{
  SAG_BUNDLE_WEIGHTS,    /* model.safetensors */
  SAG_BUNDLE_VOCABULARY, /* vocab.txt */
  SAG_BUNDLE_LICENSE,    /* LICENSE */
  SAG_BUNDLE_N_FILES,
} SagBundleFile;

/** sag_bundle_file_get_name: "model.safetensors", "vocab.txt", "LICENSE". */
const char *sag_bundle_file_get_name (SagBundleFile file);

/**
 * SagBundleTask: a text that a head was trained on.
 * @prevalence: share of positives among the training samples, NaN if unknown
 * @auroc: on held-out cases, NaN if unknown
 */
typedef struct
{
  char   *text;
  SagHead head;
  double  prevalence;
  double  auroc;
} SagBundleTask;

/** SagBundleNote: a line of the provenance, for example "weights" = "checkpoint-25000/model.safetensors". */
typedef struct
{
  char *key;
  char *value;
} SagBundleNote;

/**
 * SagManifest:
 * @lora_scaling: factor of the adapters in the weights, 0 if there are none
 * @knows_tasks: FALSE: nobody wrote down what was trained, @tasks is empty
 * @tasks: (element-type SagBundleTask*): verbatim
 * @notes: (element-type SagBundleNote*): provenance, in order
 * @weights_license, @data_license, @permitted_use: (nullable): what was stated; a fine-tune inherits them
 * @sha256, @size_bytes: of each file; filled in when the bundle is written
 */
typedef struct
{
  char      *name;
  SagNetwork network;
  SagRecipe  recipe;
  double     lora_scaling;
  gboolean   trained;
  gboolean   synthetic;
  gboolean   knows_tasks;
  GPtrArray *tasks;
  GPtrArray *notes;
  char      *weights_license;
  char      *data_license;
  char      *permitted_use;
  char      *sha256[SAG_BUNDLE_N_FILES];
  guint64    size_bytes[SAG_BUNDLE_N_FILES];
} SagManifest;

SagManifest *sag_manifest_new (const char *name);
void         sag_manifest_free (SagManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagManifest, sag_manifest_free)

/** sag_manifest_copy: for a fine-tune that inherits. */
SagManifest *sag_manifest_copy (const SagManifest *manifest);

void sag_manifest_add_task (
  SagManifest *manifest, const char *text, SagHead head, double prevalence, double auroc);
void sag_manifest_add_note (SagManifest *manifest, const char *key, const char *value);

/** sag_manifest_to_json: (transfer full): the text of bundle.json; the same manifest always gives the same
 * text. */
char *sag_manifest_to_json (const SagManifest *manifest);

/** sag_manifest_parse: Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED (a newer format), naming @name and the
 * key. */
SagManifest *
sag_manifest_parse (const char *text, gsize size_bytes, const char *name, GError **error);

/** sag_manifest_parse_tasks: adds the "tasks" of @object to a manifest, as bundle.json has them. Errors:
 * SAG_ERROR_FORMAT. */
gboolean sag_manifest_parse_tasks (SagManifest *manifest, JsonObject *object, GError **error);

/** sag_bundle_get_manifest: everything that the bundle says about itself; lives as long as the bundle. */
const SagManifest *sag_bundle_get_manifest (SagBundle *bundle);

/** sag_recipe_to_string: "upstream", "paper". */
const char *sag_recipe_to_string (SagRecipeKind kind);
/** sag_recipe_from_string: FALSE for another word. */
gboolean sag_recipe_from_string (const char *text, SagRecipeKind *kind);
/** sag_recipe_init: the paper's boxes and input size. */
void sag_recipe_init (SagRecipe *recipe, SagRecipeKind kind);

G_END_DECLS
