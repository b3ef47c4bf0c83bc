/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/mesh.h"

#include "model/core/error.h"
#include "render/scene/vtk-log.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>

#include <cmath>
#include <exception>

namespace
{

/* RAS of index coordinates, and the way of the normals: they follow the inverse transposed. */
struct Frame
{
  double to_ras[3][4];
  double to_ijk[3][4];
  bool   mirrored;
};

bool
frame_init (Frame &frame, const SagGeometry &geometry)
{
  const auto &m = geometry.ijk_to_ras;

  if (!sag_geometry_invert (&geometry, frame.to_ijk))
    return false;
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      frame.to_ras[r][c] = m[r][c];
  frame.mirrored = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                     m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                     m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]) <
                   0;
  return true;
}

float *
points_in_ras (const Frame &frame, vtkPolyData *surface, gsize n)
{
  float *points = g_new (float, 3 * n);

  for (gsize p = 0; p < n; p++)
    {
      double at[3];

      surface->GetPoint ((vtkIdType) p, at);
      sag_geometry_apply (frame.to_ras, at, at);
      for (int c = 0; c < 3; c++)
        points[3 * p + c] = (float) at[c];
    }
  return points;
}

/* The field falls outwards: VTK's gradient is turned by its filter already; normals are in index steps. */
float *
normals_in_ras (const Frame &frame, vtkDataArray *gradients, gsize n)
{
  float *normals = g_new0 (float, 3 * n);

  for (gsize p = 0; p < n && gradients != nullptr; p++)
    {
      double g[3], out[3], length = 0;

      gradients->GetTuple ((vtkIdType) p, g);
      for (int c = 0; c < 3; c++)
        {
          out[c] =
            g[0] * frame.to_ijk[0][c] + g[1] * frame.to_ijk[1][c] + g[2] * frame.to_ijk[2][c];
          length += out[c] * out[c];
        }
      length = std::sqrt (length);
      for (int c = 0; c < 3; c++)
        normals[3 * p + c] = length > 0 ? (float) (out[c] / length) : 0;
    }
  return normals;
}

/* Flying edges winds its triangles either way; the normals say which way is out. */
bool
winds_inwards (const float *points, const float *normals, const gint32 *triangles, gsize n)
{
  double sum = 0;
  gsize  step = MAX (n / 1000, 1);

  for (gsize t = 0; t < n; t += step)
    {
      const float *a = points + 3 * (gsize) triangles[3 * t];
      const float *b = points + 3 * (gsize) triangles[3 * t + 1];
      const float *c = points + 3 * (gsize) triangles[3 * t + 2];
      const float *out = normals + 3 * (gsize) triangles[3 * t];

      for (int x = 0; x < 3; x++)
        {
          int y = (x + 1) % 3, z = (x + 2) % 3;

          sum += out[x] * ((b[y] - a[y]) * (c[z] - a[z]) - (b[z] - a[z]) * (c[y] - a[y]));
        }
    }
  return sum < 0;
}

gint32 *
triangles_of (vtkPolyData *surface, gsize n)
{
  gint32          *triangles = g_new (gint32, 3 * n);
  vtkCellArray    *cells = surface->GetPolys ();
  vtkIdType        n_corners;
  const vtkIdType *corners;
  gsize            t = 0;

  cells->InitTraversal ();
  while (t < n && cells->GetNextCell (n_corners, corners))
    {
      for (int c = 0; c < 3; c++)
        triangles[3 * t + c] = (gint32) corners[c];
      t++;
    }
  return triangles;
}

SagRenderMesh *
mesh_of (const Frame &frame, vtkPolyData *surface)
{
  gsize   n_points = (gsize) surface->GetNumberOfPoints ();
  gsize   n_triangles = (gsize) surface->GetNumberOfPolys ();
  float  *points = points_in_ras (frame, surface, n_points);
  float  *normals = normals_in_ras (frame, surface->GetPointData ()->GetNormals (), n_points);
  gint32 *triangles = triangles_of (surface, n_triangles);

  if (winds_inwards (points, normals, triangles, n_triangles))
    for (gsize t = 0; t < n_triangles; t++)
      std::swap (triangles[3 * t + 1], triangles[3 * t + 2]);
  return sag_render_mesh_new_take (n_points, points, normals, n_triangles, triangles);
}

SagRenderMesh *
contour (const SagRenderField *field, const Frame &frame, double level, GError **error)
{
  vtkNew<vtkImageData>     image;
  vtkNew<vtkFloatArray>    values;
  vtkNew<vtkFlyingEdges3D> edges;

  image->SetDimensions (field->geometry.dims);
  values->SetArray (field->values, (vtkIdType) sag_render_field_n (field), 1);
  image->GetPointData ()->SetScalars (values);
  edges->SetInputData (image);
  edges->SetValue (0, level);
  edges->ComputeNormalsOn ();
  edges->ComputeGradientsOff ();
  edges->ComputeScalarsOff ();
  edges->Update ();
  if (edges->GetOutput ()->GetNumberOfPoints () > G_MAXINT32)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "A surface has more than 2^31 points; show fewer or smaller masks.");
      return nullptr;
    }
  return mesh_of (frame, edges->GetOutput ());
}

} // namespace

SagRenderMesh *
sag_render_mesh_contour (const SagRenderField *field,
                         double                level,
                         GCancellable         *cancellable,
                         GError              **error)
{
  Frame frame;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return nullptr;
  sag_render_vtk_log_install ();
  for (int a = 0; a < 3; a++)
    if (field->geometry.dims[a] < 2)
      return sag_render_mesh_new_take (0, nullptr, nullptr, 0, nullptr);
  if (!frame_init (frame, field->geometry))
    return sag_render_mesh_new_take (0, nullptr, nullptr, 0, nullptr);
  try
    {
      g_autoptr (SagRenderMesh) mesh = contour (field, frame, level, error);

      if (mesh == nullptr || g_cancellable_set_error_if_cancelled (cancellable, error))
        return nullptr;
      return (SagRenderMesh *) g_steal_pointer (&mesh);
    }
  catch (const std::exception &problem)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "A surface could not be made (%s); there may not be enough memory.",
                   problem.what ());
      return nullptr;
    }
}
