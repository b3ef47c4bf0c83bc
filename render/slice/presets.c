/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/presets.h"

static const SagRenderPreset presets[] = {
  { "lung", "Lung", { 1500, -600 } },      { "mediastinum", "Mediastinum", { 400, 40 } },
  { "abdomen", "Abdomen", { 350, 40 } },   { "liver", "Liver", { 150, 90 } },
  { "bone", "Bone", { 1500, 300 } },       { "brain", "Brain", { 80, 40 } },
  { "input", "Model input", { 2000, 0 } },
};

const SagRenderPreset *
sag_render_presets (gsize *n_presets)
{
  g_return_val_if_fail (n_presets != NULL, NULL);

  *n_presets = G_N_ELEMENTS (presets);
  return presets;
}

const SagRenderPreset *
sag_render_preset_find (const char *id_or_name)
{
  g_return_val_if_fail (id_or_name != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_ascii_strcasecmp (presets[i].id, id_or_name) == 0 ||
        g_ascii_strcasecmp (presets[i].name, id_or_name) == 0)
      return &presets[i];
  return NULL;
}

const SagRenderPreset *
sag_render_preset_of (const SagRenderWindow *window)
{
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (presets[i].window.width == window->width && presets[i].window.level == window->level)
      return &presets[i];
  return NULL;
}
