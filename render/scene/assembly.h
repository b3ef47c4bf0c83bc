/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From content to surfaces: what is known is kept, what is missing is computed one by one. Private to render/scene. */

#include "render/scene/content.h"
#include "render/scene/scene.h"

G_BEGIN_DECLS

/** SagRenderAssembly: a machine with one owner, the worker's thread. */
typedef struct _SagRenderAssembly SagRenderAssembly;

SagRenderAssembly *sag_render_assembly_new (void);
void               sag_render_assembly_free (SagRenderAssembly *assembly);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderAssembly, sag_render_assembly_free)

/**
 * sag_render_assembly_set_content: finds out which surfaces are wanted. Surfaces of a volume that
 * was shown before are remembered, of the last few volumes.
 * @cancellable: (nullable): when it is cancelled the assembly shows the rest, and has to be given
 *   content again
 */
void sag_render_assembly_set_content (SagRenderAssembly *assembly,
                                      SagRenderContent  *content,
                                      GCancellable      *cancellable);

/** sag_render_assembly_is_complete: nothing is missing. */
gboolean sag_render_assembly_is_complete (SagRenderAssembly *assembly);

/**
 * sag_render_assembly_step: computes one missing surface.
 *
 * Errors: SAG_ERROR_LIMIT; the surface is then left out. G_IO_ERROR_CANCELLED
 */
gboolean
sag_render_assembly_step (SagRenderAssembly *assembly, GCancellable *cancellable, GError **error);

/** sag_render_assembly_show: hands what there is to the scene. @scale: of lines, device pixels for a logical one. */
void sag_render_assembly_show (SagRenderAssembly *assembly, SagRenderScene *scene, double scale);

G_END_DECLS
