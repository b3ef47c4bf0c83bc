/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/config.h"
#include "model/bundle/manifest.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_manifest (const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagManifest) manifest = sag_manifest_parse (text, size, "bundle.json", &error);
  g_autoptr (SagManifest) back = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_true ((manifest != NULL) == (error == NULL));
  if (manifest == NULL)
    return;
  first = sag_manifest_to_json (manifest);
  back = sag_manifest_parse (first, strlen (first), "bundle.json", &error);
  g_assert_no_error (error);
  second = sag_manifest_to_json (back);
  g_assert_cmpstr (first, ==, second);
}

/* The input is, whatever it is, a bundle.json, a config.json and a train_config.yaml. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_memdup2 (data, size);
  const char      *start = text != NULL ? text : "";
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) train_error = NULL;
  SagTextConfig  text_config;
  SagTrainConfig train_config;

  read_manifest (start, size);
  g_assert_true (sag_text_config_parse (start, size, "config.json", &text_config, &text_error) ==
                 (text_error == NULL));
  g_assert_true (sag_train_config_parse (start, size, "train_config.yaml", &train_config,
                                         &train_error) == (train_error == NULL));
  return 0;
}
