/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/scene/field.h"

G_BEGIN_DECLS

/**
 * SagRenderMesh: triangles in the patient. Immutable and atomically reference counted once made.
 * @points: (n_points, 3) RAS mm
 * @normals: (n_points, 3) unit vectors that point outwards
 * @triangles: (n_triangles, 3) indices into @points, counter-clockwise seen from outside
 * @low_mm, @high_mm: the box around all points; low > high if there are none
 */
typedef struct
{
  gatomicrefcount n_references;
  gsize           n_points;
  gsize           n_triangles;
  float          *points;
  float          *normals;
  gint32         *triangles;
  double          low_mm[3];
  double          high_mm[3];
} SagRenderMesh;

/**
 * sag_render_mesh_new_take: (transfer full) @points, @normals, @triangles: from g_malloc();
 * computes the box.
 */
SagRenderMesh *sag_render_mesh_new_take (
  gsize n_points, float *points, float *normals, gsize n_triangles, gint32 *triangles);

SagRenderMesh *sag_render_mesh_ref (SagRenderMesh *mesh);
void           sag_render_mesh_unref (SagRenderMesh *mesh);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderMesh, sag_render_mesh_unref)

/** sag_render_mesh_size_bytes: of the arrays. */
gsize sag_render_mesh_size_bytes (const SagRenderMesh *mesh);

/** sag_render_mesh_volume_mm3: what a closed mesh encloses; positive if it points outwards. */
double sag_render_mesh_volume_mm3 (const SagRenderMesh *mesh);

/**
 * sag_render_mesh_soften: each normal becomes the mean of those of the triangles' corners around
 * it, @passes times; the shape stays. Only for who has just made the mesh.
 */
void sag_render_mesh_soften (SagRenderMesh *mesh, guint passes);

/**
 * sag_render_mesh_rims: the edges that belong to one triangle only: where an open surface ends.
 * Returns: (transfer full): array of float, three for each end of each edge
 */
GArray *sag_render_mesh_rims (const SagRenderMesh *mesh);

/**
 * sag_render_mesh_contour: the surface on which a field has the value @level, by flying edges,
 * linear along the grid's edges; outside is where the field is lower.
 *
 * The surface is open where it meets the grid's border: sag_render_field_pad() closes it. Any
 * thread; no display is needed.
 *
 * Returns: (nullable): maybe without triangles
 *
 * Errors: G_IO_ERROR_CANCELLED; SAG_ERROR_LIMIT: more than 2^31 points, or not enough memory
 */
SagRenderMesh *sag_render_mesh_contour (const SagRenderField *field,
                                        double                level,
                                        GCancellable         *cancellable,
                                        GError              **error);

G_END_DECLS
