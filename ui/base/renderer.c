/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/renderer.h"

#include <epoxy/gl.h>
#include <gtk/gtk.h>
#include <string.h>

#define VARIABLE "GSK_RENDERER"

static gboolean
is_software (const char *name)
{
  static const char *const known[] = { "llvmpipe", "softpipe", "swrast", "Software Rasterizer" };

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (known); i++)
    if (strstr (name, known[i]) != NULL)
      return TRUE;
  return FALSE;
}

void
sag_ui_renderer_choose (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GdkGLContext) context = NULL;
  gboolean software;

  if (display == NULL || g_getenv (VARIABLE) != NULL)
    return;
  context = gdk_display_create_gl_context (display, NULL);
  if (context == NULL || !gdk_gl_context_realize (context, NULL))
    return; /* GTK will find the same */
  gdk_gl_context_make_current (context);
  software = is_software ((const char *) glGetString (GL_RENDERER));
  gdk_gl_context_clear_current ();
  if (software)
    g_setenv (VARIABLE, "cairo", FALSE);
}
