/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/words.h"

#include <glib/gi18n.h>
#include <string.h>

const char *
sag_ui_words_bundle_kind (SagBundle *bundle)
{
  if (!sag_bundle_is_trained (bundle))
    return _ ("untrained: the numbers mean nothing");
  if (sag_bundle_is_synthetic (bundle))
    return _ ("synthetic: a demonstration");
  return NULL;
}

char *
sag_ui_words_engine (const SagEngineInfo *info)
{
  if (strcmp (info->engine, "cpu") == 0)
    return g_strdup_printf ("CPU, %s, %s", info->device, info->precision);
  return g_strdup_printf ("%s, %s", info->device, info->precision);
}

char *
sag_ui_words_duration (double ms)
{
  char        number[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean    seconds = ms >= 99.5;
  double      value = seconds ? ms * 1e-3 : ms;
  const char *format = "%.0f";

  if (value < 9.95)
    format = seconds ? "%.2f" : "%.1f";
  g_ascii_formatd (number, sizeof number, format, value);
  return g_strdup_printf ("%s %s", number, seconds ? "s" : "ms");
}

const char *
sag_ui_words_state (SagUiEngineState state)
{
  switch (state)
    {
    case SAG_UI_ENGINE_OPENING:
      return _ ("Opening the model…");
    case SAG_UI_ENGINE_PREPARING:
      return _ ("Preparing the scan…");
    case SAG_UI_ENGINE_ENCODING:
      return _ ("Encoding the scan…");
    case SAG_UI_ENGINE_ASKING:
      return _ ("Asking…");
    case SAG_UI_ENGINE_IDLE:
    case SAG_UI_ENGINE_FAILED:
      return NULL;
    }
  return NULL;
}
