/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/scene.h"

#include "model/core/error.h"
#include "render/scene/display.h"
#include "render/scene/stage.h"
#include "render/scene/vtk-log.h"

#include <cstring>
#include <exception>
#include <memory>

/* The C face of the scene: every exception of VTK and of C++ ends here. */

struct _SagRenderScene
{
  std::unique_ptr<sag::Stage> stage;
  std::string                 renderer;
};

namespace
{

template <typename Func>
bool
guarded (GError **error, Func func)
{
  try
    {
      func ();
      return true;
    }
  catch (const std::exception &problem)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "The 3D view could not be drawn (%s); make it smaller or close other programs.",
                   problem.what ());
    }
  catch (...)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT, "The 3D view could not be drawn.");
    }
  return false;
}

} // namespace

gboolean
sag_render_scene_check (GError **error)
{
  return sag_render_display_check (error);
}

SagRenderScene *
sag_render_scene_new (GError **error)
{
  std::unique_ptr<SagRenderScene> scene;

  if (!sag_render_display_check (error))
    return nullptr;
  sag_render_vtk_log_install ();
  if (!guarded (error, [&] {
        scene = std::make_unique<SagRenderScene> ();
        scene->stage = std::make_unique<sag::Stage> ();
        scene->renderer = scene->stage->renderer ();
      }))
    return nullptr;
  return scene.release ();
}

void
sag_render_scene_free (SagRenderScene *scene)
{
  guarded (nullptr, [&] { delete scene; });
}

const char *
sag_render_scene_get_renderer (SagRenderScene *scene)
{
  return scene->renderer.c_str ();
}

gboolean
sag_render_scene_is_software (SagRenderScene *scene)
{
  static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "Software", "SWR" };

  for (const char *name : names)
    if (scene->renderer.find (name) != std::string::npos)
      return TRUE;
  return FALSE;
}

void
sag_render_scene_set_surfaces (SagRenderScene         *scene,
                               const SagRenderSurface *surfaces,
                               guint                   n_surfaces)
{
  guarded (nullptr, [&] { scene->stage->set_surfaces (surfaces, n_surfaces); });
}

void
sag_render_scene_set_lines (SagRenderScene *scene, const SagRenderLines *lines, guint n_lines)
{
  guarded (nullptr, [&] { scene->stage->set_lines (lines, n_lines); });
}

GBytes *
sag_render_scene_draw (
  SagRenderScene *scene, const SagRenderCamera *camera, int width, int height, GError **error)
{
  guint8 *pixels;

  g_return_val_if_fail (width > 0 && width <= 16384 && height > 0 && height <= 16384, NULL);

  pixels = (guint8 *) g_try_malloc ((gsize) width * height * 4);
  if (pixels == nullptr)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "There is no memory for a 3D view of %d x %d pixels; make it smaller.", width,
                   height);
      return nullptr;
    }
  if (!guarded (error, [&] { scene->stage->draw (*camera, width, height, pixels); }))
    {
      g_free (pixels);
      return nullptr;
    }
  return g_bytes_new_take (pixels, (gsize) width * height * 4);
}
