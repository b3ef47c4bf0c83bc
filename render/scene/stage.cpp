/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/stage.h"

#include <vtkAutoInit.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkLight.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPropCollection.h>
#include <vtkProperty.h>
#include <vtkShaderProperty.h>
#include <vtkTypeInt32Array.h>

#include <algorithm>
#include <cstring>
#include <new>

/* Without this VTK has no classes that draw: pictures stay empty and nobody says why. */
VTK_MODULE_INIT (vtkRenderingOpenGL2)

namespace sag
{

namespace
{

const int N_SAMPLES = 4; /* of a pixel, for smooth edges; the most that Mesa's CPU renderer has */

const double EYE_MM = 6000; /* from the centre; parallel, so only the clipping cares */

/* Glass is clear where it faces the reader and milky where it turns away. normalVCVSOutput is the
 * normal before the eye, whose z runs to the reader; the projection is parallel. */
const char *const RIM_SHADER =
  "//VTK::Light::Impl\n"
  "  float sagAway = 1.0 - abs (normalVCVSOutput.z);\n"
  "  float sagRim = %s * sagAway * sagAway;\n"
  "  fragOutput0.a = min (1.0, fragOutput0.a * (1.0 + 9.0 * sagRim));\n"
  "  fragOutput0.rgb *= 0.9 + 0.5 * sagRim;\n";

void
rgb (SagRenderColour colour, double out[3])
{
  out[0] = SAG_RENDER_RED (colour) / 255.0;
  out[1] = SAG_RENDER_GREEN (colour) / 255.0;
  out[2] = SAG_RENDER_BLUE (colour) / 255.0;
}

template <typename Array, typename Value>
vtkSmartPointer<Array>
borrow (Value *values, gsize n, int n_components)
{
  auto array = vtkSmartPointer<Array>::New ();

  array->SetNumberOfComponents (n_components);
  array->SetArray (values, (vtkIdType) (n * n_components), 1);
  return array;
}

vtkSmartPointer<vtkPolyData>
poly_data (const SagRenderMesh *mesh)
{
  auto                 surface = vtkSmartPointer<vtkPolyData>::New ();
  vtkNew<vtkPoints>    points;
  vtkNew<vtkCellArray> cells;

  points->SetData (borrow<vtkFloatArray> (mesh->points, mesh->n_points, 3));
  cells->SetData (3, borrow<vtkTypeInt32Array> (mesh->triangles, 3 * mesh->n_triangles, 1));
  surface->SetPoints (points);
  surface->SetPolys (cells);
  surface->GetPointData ()->SetNormals (borrow<vtkFloatArray> (mesh->normals, mesh->n_points, 3));
  return surface;
}

vtkSmartPointer<vtkActor>
surface_actor (const SagRenderMesh *mesh, double rim)
{
  auto                      actor = vtkSmartPointer<vtkActor>::New ();
  vtkNew<vtkPolyDataMapper> mapper;

  mapper->SetInputData (poly_data (mesh));
  mapper->ScalarVisibilityOff ();
  actor->SetMapper (mapper);
  if (rim > 0)
    {
      char             number[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *shader =
        g_strdup_printf (RIM_SHADER, g_ascii_formatd (number, sizeof number, "%.3f", rim));

      actor->GetShaderProperty ()->AddFragmentShaderReplacement ("//VTK::Light::Impl", true, shader,
                                                                 false);
    }
  return actor;
}

void
paint_surface (vtkActor *actor, const SagRenderSurface &surface)
{
  vtkProperty *look = actor->GetProperty ();
  double       colour[3];

  rgb (surface.colour, colour);
  look->SetColor (colour);
  look->SetOpacity (surface.opacity);
  look->SetBackfaceCulling (surface.opacity < 1);
  look->SetInterpolationToPhong ();
  look->SetAmbient (0.15);
  look->SetDiffuse (0.85);
  look->SetSpecular (0.45 * surface.shine);
  look->SetSpecularPower (28);
}

vtkSmartPointer<vtkActor>
lines_actor (const SagRenderLines &lines)
{
  auto                      actor = vtkSmartPointer<vtkActor>::New ();
  vtkNew<vtkPolyData>       data;
  vtkNew<vtkPoints>         points;
  vtkNew<vtkCellArray>      cells;
  vtkNew<vtkPolyDataMapper> mapper;
  double                    colour[3];

  points->SetDataTypeToFloat ();
  for (gsize p = 0; p < lines.n_points; p++)
    points->InsertNextPoint (lines.points + 3 * p);
  for (vtkIdType p = 0; p + 1 < (vtkIdType) lines.n_points; p += 2)
    {
      const vtkIdType ends[2] = { p, p + 1 };

      cells->InsertNextCell (2, ends);
    }
  data->SetPoints (points);
  data->SetLines (cells);
  mapper->SetInputData (data);
  actor->SetMapper (mapper);
  rgb (lines.colour, colour);
  actor->GetProperty ()->SetColor (colour);
  actor->GetProperty ()->SetOpacity (lines.opacity);
  actor->GetProperty ()->SetLineWidth ((float) lines.width_px);
  actor->GetProperty ()->LightingOff ();
  return actor;
}

} // namespace

Stage::Stage ()
{
  window = vtkSmartPointer<vtkRenderWindow>::New ();
  window->SetOffScreenRendering (1);
  window->SwapBuffersOff ();
  window->SetMultiSamples (N_SAMPLES);
  window->AddRenderer (renderer_);
  renderer_->SetBackground (0, 0, 0);
  renderer_->SetBackgroundAlpha (1);
  renderer_->AutomaticLightCreationOff ();
  light (-0.5, 0.7, 1.0, 0.95);
  light (0.9, -0.2, 0.5, 0.45);
}

Stage::~Stage ()
{
  renderer_->RemoveAllViewProps ();
  window->Finalize ();
  for (Piece &piece : pieces)
    {
      piece.actor = nullptr;
      sag_render_mesh_unref (piece.mesh);
    }
}

void
Stage::light (double x, double y, double z, double intensity)
{
  vtkNew<vtkLight> lamp;

  lamp->SetLightTypeToCameraLight ();
  lamp->SetPosition (x, y, z);
  lamp->SetFocalPoint (0, 0, 0);
  lamp->SetIntensity (intensity);
  renderer_->AddLight (lamp);
}

std::string
Stage::renderer ()
{
  const char *report;
  std::string all;
  size_t      at;

  window->SetSize (8, 8);
  window->Render ();
  report = window->ReportCapabilities ();
  all = report != nullptr ? report : "";
  at = all.find ("OpenGL renderer string:");
  if (at == std::string::npos)
    return "unknown";
  at = all.find_first_not_of (" ", at + std::strlen ("OpenGL renderer string:"));
  return all.substr (at, all.find ('\n', at) - at);
}

void
Stage::set_surfaces (const SagRenderSurface *surfaces, guint n)
{
  std::vector<Piece> old;

  old.swap (pieces);
  pieces.reserve (n);
  for (guint s = 0; s < n; s++)
    {
      auto known = std::find_if (old.begin (), old.end (), [&] (const Piece &piece) {
        return piece.mesh == surfaces[s].mesh && piece.rim == surfaces[s].rim;
      });

      if (known != old.end ())
        {
          pieces.push_back (*known);
          old.erase (known);
        }
      else
        {
          pieces.push_back ({ sag_render_mesh_ref (surfaces[s].mesh), surfaces[s].rim,
                              surface_actor (surfaces[s].mesh, surfaces[s].rim) });
        }
      paint_surface (pieces.back ().actor, surfaces[s]);
    }
  order ();
  for (Piece &piece : old)
    {
      piece.actor->ReleaseGraphicsResources (window);
      piece.actor = nullptr;
      sag_render_mesh_unref (piece.mesh);
    }
}

void
Stage::set_lines (const SagRenderLines *new_lines, guint n)
{
  for (auto &actor : lines)
    actor->ReleaseGraphicsResources (window);
  lines.clear ();
  for (guint l = 0; l < n; l++)
    lines.push_back (lines_actor (new_lines[l]));
  order ();
}

/* Props are drawn in this order. The collection is changed directly: the renderer's own calls would
 * throw away what OpenGL has of them. */
void
Stage::order ()
{
  vtkPropCollection *props = renderer_->GetViewProps ();

  props->RemoveAllItems ();
  for (auto &actor : lines)
    props->AddItem (actor);
  for (Piece &piece : pieces)
    props->AddItem (piece.actor);
}

void
Stage::look (const SagRenderCamera &camera, int width, int height)
{
  vtkCamera *eye = renderer_->GetActiveCamera ();
  double     right[3], up[3], towards[3], from[3];

  sag_render_camera_axes (&camera, right, up, towards);
  for (int c = 0; c < 3; c++)
    from[c] = camera.centre_ras_mm[c] + EYE_MM * towards[c];
  eye->ParallelProjectionOn ();
  eye->SetFocalPoint (camera.centre_ras_mm);
  eye->SetPosition (from);
  eye->SetViewUp (up);
  eye->SetParallelScale (sag_render_camera_mm_per_pixel (&camera, width, height) * height / 2);
  eye->SetClippingRange (10, 2 * EYE_MM);
}

/* OpenGL's rows start at the bottom. */
void
Stage::read (int width, int height, guint8 *out)
{
  const gsize   row = (gsize) width * 4;
  const guint8 *drawn;

  window->GetRGBACharPixelData (0, 0, width - 1, height - 1, 0, pixels);
  if (pixels->GetNumberOfValues () < (vtkIdType) (row * height))
    throw std::bad_alloc ();
  drawn = pixels->GetPointer (0);
  for (int y = 0; y < height; y++)
    std::memcpy (out + y * row, drawn + (height - 1 - y) * row, row);
  for (gsize p = 3; p < row * height; p += 4)
    out[p] = 255;
}

void
Stage::draw (const SagRenderCamera &camera, int width, int height, guint8 *out)
{
  look (camera, width, height);
  window->SetSize (width, height);
  window->Render ();
  read (width, height, out);
}

} // namespace sag
