/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagRenderWindow: which Hounsfield units become black and white.
 *
 * grey = 255 * clamp ((hu - level) / width + 0.5, 0, 1), rounded: LINEAR_EXACT of DICOM PS3.3
 * C.11.2.1.3.2.
 */
typedef struct
{
  double width;
  double level;
} SagRenderWindow;

/**
 * SagRenderPreset: a named window; @id is what the command line takes, @name what a person reads.
 */
typedef struct
{
  const char     *id;
  const char     *name;
  SagRenderWindow window;
} SagRenderPreset;

/** sag_render_presets: in the order of the window's keys 1 to 7. */
const SagRenderPreset *sag_render_presets (gsize *n_presets);

/** sag_render_preset_find: by id or name, letter case ignored; (nullable). */
const SagRenderPreset *sag_render_preset_find (const char *id_or_name);

/** sag_render_preset_of: the preset that is exactly @window; (nullable). */
const SagRenderPreset *sag_render_preset_of (const SagRenderWindow *window);

G_END_DECLS
