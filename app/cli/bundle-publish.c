/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bundle-figures.h"
#include "app/cli/cli.h"

#include "model/bundle/check.h"
#include "model/bundle/publish.h"

#include <stdio.h>

int
sag_cli_bundle_publish (int argc, char **argv)
{
  g_autofree char *output = NULL, *name = NULL, *license = NULL;
  g_autofree char *weights_license = NULL, *data_license = NULL, *permitted_use = NULL,
                  *figures = NULL;
  g_auto (GStrv) forget = NULL, rest = NULL;
  double             least_auroc = 0;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      "The new bundle's folder, which must not exist", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "Its name; as before by default", "NAME" },
    { "license", 0, 0, G_OPTION_ARG_FILENAME, &license, "Becomes the bundle's LICENSE", "FILE" },
    { "weights-license", 0, 0, G_OPTION_ARG_STRING, &weights_license, "Licence of the weights",
      "NAME" },
    { "data-license", 0, 0, G_OPTION_ARG_STRING, &data_license, "Licence of the training data",
      "NAME" },
    { "permitted-use", 0, 0, G_OPTION_ARG_STRING, &permitted_use,
      "What the weights may be used for", "TEXT" },
    { "forget", 0, 0, G_OPTION_ARG_STRING_ARRAY, &forget,
      "Leave a line of the provenance out; may be repeated", "KEY" },
    { "figures", 0, 0, G_OPTION_ARG_FILENAME, &figures,
      "Write the AUROCs of this report of evaluate beside the tasks", "FILE" },
    { "least-auroc", 0, 0, G_OPTION_ARG_DOUBLE, &least_auroc,
      "Leave out the tasks that reached less in the figures", "X" },
    { NULL },
  };
  SagBundlePublish publish;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagBundle) published = NULL;
  g_autofree char *text = NULL;

  if (!sag_cli_parse (argc, argv, "bundle publish DIR -o DIR",
                      "Makes a copy to hand on: 16-bit weights, licences, and where it came from.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (output == NULL)
    return sag_cli_usage ("bundle publish", "-o is needed");
  if (!(least_auroc >= 0 && least_auroc <= 1))
    return sag_cli_usage ("bundle publish", "--least-auroc is from 0 to 1");
  if (least_auroc > 0 && figures == NULL)
    return sag_cli_usage ("bundle publish", "--least-auroc needs --figures");
  publish = (SagBundlePublish){
    .name = name,
    .license = license,
    .weights_license = weights_license,
    .data_license = data_license,
    .permitted_use = permitted_use,
    .forget = (const char *const *) forget,
    .least_auroc = least_auroc,
    .cancellable = sag_cli_get_cancellable (),
  };
  bundle = sag_bundle_load (rest[0], &error);
  if (bundle != NULL &&
      (figures == NULL || sag_cli_read_figures (figures, bundle, publish.aurocs, &error)))
    published = sag_bundle_publish (bundle, &publish, output, &error);
  for (guint i = 0; i < SAG_N_HEADS; i++)
    g_clear_pointer (&publish.aurocs[i], g_hash_table_unref);
  if (published == NULL)
    return sag_cli_fail (error);
  text = sag_bundle_inspect (published);
  fputs (text, stdout);
  return SAG_CLI_DONE;
}
