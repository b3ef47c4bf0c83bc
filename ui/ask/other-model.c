/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/other-model.h"

gboolean
sag_ui_other_model_find (SagUiEngine *engine, const SagAnswer *answer, const char **folder)
{
  SagBundle *open = sag_ui_engine_get_bundle (engine);
  SagBundle *previous = sag_ui_engine_get_previous (engine);

  *folder = NULL;
  if (open == NULL || answer == NULL)
    return FALSE;
  if (!g_str_equal (answer->provenance->bundle_sha256, sag_bundle_get_sha256 (open)))
    return TRUE;
  *folder = previous != NULL ? sag_bundle_get_folder (previous) : NULL;
  return *folder != NULL;
}
