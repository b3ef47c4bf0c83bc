/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/scene/camera.h"
#include "render/scene/mesh.h"
#include "render/slice/colour.h"

G_BEGIN_DECLS

/**
 * SagRenderScene:
 *
 * Surfaces and lines drawn by VTK into memory, off screen. Nothing of VTK shows through this header.
 *
 * A machine with one owner: whichever thread makes it calls everything else on it, too, because an
 * OpenGL context belongs to a thread. It needs an X display (Debian's VTK draws through GLX only).
 */
typedef struct _SagRenderScene SagRenderScene;

/**
 * SagRenderSurface: a mesh with its look.
 * @mesh: not empty
 * @opacity: 0..1, where the surface faces the reader
 * @rim: 0..1: how much more opaque it is where it turns away: 0 for a solid, 1 for glass
 * @shine: 0..1, of the highlights
 */
typedef struct
{
  SagRenderMesh  *mesh;
  SagRenderColour colour;
  double          opacity;
  double          rim;
  double          shine;
} SagRenderSurface;

/**
 * SagRenderLines: straight pieces between pairs of points.
 * @points: (n_points, 3) RAS mm; points 0 and 1 are the first piece, 2 and 3 the second
 * @width_px: in device pixels
 */
typedef struct
{
  const float    *points;
  gsize           n_points;
  SagRenderColour colour;
  double          opacity;
  double          width_px;
} SagRenderLines;

/**
 * sag_render_scene_new: opens an off-screen window; nothing appears on the display.
 *
 * Errors: SAG_ERROR_UNSUPPORTED with a sentence for the pane: no X display, no OpenGL 3.2
 */
SagRenderScene *sag_render_scene_new (GError **error);
void            sag_render_scene_free (SagRenderScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderScene, sag_render_scene_free)

/**
 * sag_render_scene_check: whether sag_render_scene_new() has what it needs, without making one. Any
 * thread; some milliseconds.
 */
gboolean sag_render_scene_check (GError **error);

/** sag_render_scene_get_renderer: OpenGL's name of what draws, for example "llvmpipe (LLVM 15)". */
const char *sag_render_scene_get_renderer (SagRenderScene *scene);

/** sag_render_scene_is_software: drawn by the CPU. */
gboolean sag_render_scene_is_software (SagRenderScene *scene);

/**
 * sag_render_scene_set_surfaces: replaces all surfaces; each mesh is referenced. Those that were
 * there before keep what OpenGL has of them. They are drawn in this order, so what is inside comes
 * first; of those that are not opaque only the sides that face the reader are drawn.
 */
void sag_render_scene_set_surfaces (SagRenderScene         *scene,
                                    const SagRenderSurface *surfaces,
                                    guint                   n_surfaces);

/** sag_render_scene_set_lines: replaces all lines; the points are copied. */
void sag_render_scene_set_lines (SagRenderScene *scene, const SagRenderLines *lines, guint n_lines);

/**
 * sag_render_scene_draw: a picture on black.
 * @width, @height: in device pixels, 1..16384
 *
 * Returns: (transfer full) (nullable): width * height opaque pixels R G B A from the top left, rows
 * without gaps
 *
 * Errors: SAG_ERROR_LIMIT: not enough memory
 */
GBytes *sag_render_scene_draw (
  SagRenderScene *scene, const SagRenderCamera *camera, int width, int height, GError **error);

G_END_DECLS
