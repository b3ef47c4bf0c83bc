/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What stands behind the C face of the scene; only scene.cpp and stage.cpp see it, and VTK. */

#include "render/scene/scene.h"

#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>
#include <vtkUnsignedCharArray.h>

#include <string>
#include <vector>

namespace sag
{

/* A surface with the mesh whose arrays its actor borrows. */
struct Piece
{
  SagRenderMesh            *mesh;
  double                    rim;
  vtkSmartPointer<vtkActor> actor;
};

class Stage
{
public:
  Stage ();
  ~Stage ();
  Stage (const Stage &) = delete;
  Stage &operator= (const Stage &) = delete;

  std::string renderer ();
  void        set_surfaces (const SagRenderSurface *surfaces, guint n);
  void        set_lines (const SagRenderLines *lines, guint n);
  void        draw (const SagRenderCamera &camera, int width, int height, guint8 *out);

private:
  void order ();
  void look (const SagRenderCamera &camera, int width, int height);
  void light (double x, double y, double z, double intensity);
  void read (int width, int height, guint8 *out);

  vtkSmartPointer<vtkRenderWindow>       window;
  vtkNew<vtkRenderer>                    renderer_;
  vtkNew<vtkUnsignedCharArray>           pixels;
  std::vector<Piece>                     pieces;
  std::vector<vtkSmartPointer<vtkActor>> lines;
};

} // namespace sag
